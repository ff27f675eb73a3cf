package logs

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Line is one line of a log.
type Line struct {
	// Time is when it was logged; for a line that is no record, when the record before it was, zero if there is none near.
	Time    time.Time
	Level   slog.Level // of a line that is no record: ERROR
	Message string     // of a line that is no record: all of it
	// Topology, Component, Task and PID are what the record says of itself; "" and 0: nothing.
	Topology, Component string
	Task, PID           int
	Worker              int         // whose log it is
	Attributes          []Attribute // the others, in their order
	Text                string      // the line as it was written, as valid UTF-8, without its end
}

// Attribute is what a record has besides the fixed keys.
type Attribute struct {
	Key   string
	Value string // a text as it is, all else as JSON
}

// parse takes a line apart. record is false for one that is none.
func parse(text []byte) (l Line, record bool) {
	l.Text = strings.ToValidUTF8(string(text), "�")
	parsed := l
	if parsed.decode(text) {
		return parsed, true
	}
	l.Level, l.Message = slog.LevelError, l.Text
	return l, false
}

// decode reports whether the text is a record: an object with a time, a level and a message.
func (l *Line) decode(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return false
	}
	level, message := false, false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return false
		}
		name, _ := key.(string)
		if to := l.field(name); to == nil || json.Unmarshal(value, to) != nil {
			l.Attributes = append(l.Attributes, Attribute{name, plain(value)})
			continue
		}
		level, message = level || name == slog.LevelKey, message || name == slog.MessageKey
	}
	_, err := d.Token()
	return err == nil && len(bytes.TrimSpace(text[d.InputOffset():])) == 0 && !l.Time.IsZero() && level && message
}

// field is where the value of a fixed key goes; nil: it is another.
func (l *Line) field(key string) any {
	switch key {
	case slog.TimeKey:
		return &l.Time
	case slog.LevelKey:
		return &l.Level
	case slog.MessageKey:
		return &l.Message
	case "topology":
		return &l.Topology
	case "component":
		return &l.Component
	case "task":
		return &l.Task
	case "pid":
		return &l.PID
	case "worker":
		return &l.Worker
	}
	return nil
}

// plain is a value for people.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && value[0] == '"' {
		return text
	}
	return string(value)
}

// has reports whether something is in what the line says.
func (l *Line) has(in func(text string) bool) bool {
	return in(l.Message) || in(l.Component) || slices.ContainsFunc(l.Attributes, func(a Attribute) bool { return in(a.Key) || in(a.Value) })
}
