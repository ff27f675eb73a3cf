package ui

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// LogQuery is which lines of a topology's log are wanted, as cluster/api.LogQuery.
type LogQuery struct {
	Components []string  `json:"components,omitempty"`
	Worker     int       `json:"worker,omitempty"`
	Level      string    `json:"level,omitempty"`
	Contains   string    `json:"contains,omitempty"`
	IgnoreCase bool      `json:"ignore_case,omitempty"`
	Match      string    `json:"match,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	Last       int       `json:"last"`
	Follow     bool      `json:"follow,omitempty"`
}

// mostLines is how many lines a request can have of what was logged before it: each node holds them in memory.
const mostLines = 100_000

// longestMatch bounds a text or expression that is looked for, in bytes.
const longestMatch = 1000

// LineFilter is what a LogQuery asks of a line.
type LineFilter struct {
	LogQuery
	Least       slog.Level
	Plain       string           // is in it
	Expressions []*regexp.Regexp // all are found in it
}

// ReadLogQuery is what a request asks for in its parameter q; otherwise is what is asked for where that does not say it. An error is
// of type *Error.
func ReadLogQuery(r *http.Request, otherwise LogQuery) (*LineFilter, error) {
	f := &LineFilter{LogQuery: otherwise, Least: slog.LevelDebug}
	if text := r.URL.Query().Get("q"); text != "" {
		if err := json.Unmarshal([]byte(text), &f.LogQuery); err != nil {
			return nil, invalidf("which lines are wanted can't be read: %v", err)
		}
	}
	switch {
	case f.Last < 0 || f.Last > mostLines:
		return nil, invalidf("last is %d: a number from 0 to %d is expected", f.Last, mostLines)
	case f.Level != "" && f.Least.UnmarshalText([]byte(f.Level)) != nil:
		return nil, invalidf("the level is %q: debug, info, warn or error is expected", f.Level)
	case f.Follow && !f.Until.IsZero():
		return nil, invalidf("lines are followed, or end at a time: not both")
	case !f.Until.IsZero() && f.Until.Before(f.Since):
		return nil, invalidf("the time ends at %s, before it begins at %s", f.Until.Format(time.RFC3339), f.Since.Format(time.RFC3339))
	case len(f.Contains) > longestMatch || len(f.Match) > longestMatch:
		return nil, invalidf("what is looked for has more than %d bytes", longestMatch)
	}
	if f.Plain = f.Contains; f.IgnoreCase && f.Plain != "" {
		f.Expressions, f.Plain = append(f.Expressions, regexp.MustCompile("(?i)"+regexp.QuoteMeta(f.Plain))), ""
	}
	if f.Match != "" {
		e, err := regexp.Compile(f.Match)
		if err != nil {
			return nil, invalidf("match: %v", err)
		}
		f.Expressions = append(f.Expressions, e)
	}
	return f, nil
}

// match reports whether a line is asked for.
func (f *LineFilter) match(l *LogLine) bool {
	var level slog.Level
	return (len(f.Components) == 0 || slices.Contains(f.Components, l.Component)) &&
		(level.UnmarshalText([]byte(l.Level)) != nil || level >= f.Least) &&
		(f.Since.IsZero() || !l.Time.Before(f.Since)) && (f.Until.IsZero() || !l.Time.After(f.Until)) &&
		(f.Plain == "" || l.has(func(text string) bool { return strings.Contains(text, f.Plain) })) &&
		!slices.ContainsFunc(f.Expressions, func(e *regexp.Regexp) bool { return !l.has(e.MatchString) })
}

// has reports whether something is in what the line says.
func (l *LogLine) has(in func(text string) bool) bool {
	return in(l.Message) || in(l.Component) || slices.ContainsFunc(l.Attributes, func(a Attribute) bool { return in(a.Key) || in(a.Value) })
}
