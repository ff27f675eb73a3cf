package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// entry is a setting of a config file.
type entry struct {
	key    string
	values []string
	at     string // file:line
}

// line is a key with what follows it.
var line = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*) *:(?: +(.*))?$`)

// reader reads a config file line by line.
type reader struct {
	path    string
	entries []entry
	// open: the last entry has nothing yet but what "- item" lines below it say, which are all indented by indent.
	open   bool
	indent int
	wrong  problems
}

// parse reads the text of a config file: entries in their order, and what is wrong with it.
func parse(path, text string) ([]entry, problems) {
	r := reader{path: path}
	for i, l := range strings.Split(strings.TrimPrefix(text, "\uFEFF"), "\n") {
		at := fmt.Sprintf("%s:%d", path, i+1)
		if err := r.line(at, strings.TrimRight(strings.TrimSuffix(l, "\r"), " ")); err != nil {
			r.wrong.addf("%s: %v", at, err)
		}
	}
	return r.entries, r.wrong
}

func (r *reader) line(at, l string) error {
	bare := strings.TrimLeft(l, " ")
	switch {
	case strings.ContainsFunc(strings.ReplaceAll(l, "\t", ""), unseen):
		return errors.New("there is a character that can't be seen")
	case bare == "" || bare[0] == '#':
		return nil
	case l == "---" && r.entries == nil:
		return nil
	case strings.Contains(l, "\t"):
		return errors.New("there is a tab: write blanks")
	case bare == "-" || strings.HasPrefix(bare, "- "):
		return r.item(bare[1:], len(l)-len(bare))
	case bare != l:
		return errors.New("it begins with a blank: settings are not nested, and have one line each")
	}
	parts := line.FindStringSubmatch(l)
	if parts == nil {
		return errors.New("expected a setting, as in bind: 10.0.0.1")
	}
	key, rest := parts[1], strings.TrimLeft(parts[2], " ")
	r.open = false
	if slices.ContainsFunc(r.entries, func(e entry) bool { return e.key == key }) {
		return fmt.Errorf("%s stands here twice", key)
	}
	e := entry{key: key, at: at}
	var err error
	switch {
	case rest == "" || rest[0] == '#':
		r.open, r.indent = true, -1
	case rest[0] == '[':
		e.values, err = list(rest[1:])
	default:
		e.values = make([]string, 1)
		e.values[0], rest, err = scalar(rest, "")
		if err == nil {
			err = nothing(rest)
		}
	}
	r.entries = append(r.entries, e)
	return err
}

// unseen reports whether a character is none of text: some of them end a line in YAML.
func unseen(c rune) bool {
	return c < ' ' || c >= 0x7f && c <= 0x9f || c == '\u2028' || c == '\u2029' || c == '\uFEFF' || c == utf8.RuneError
}

// item reads what follows "-".
func (r *reader) item(rest string, indent int) error {
	if !r.open || r.indent >= 0 && r.indent != indent {
		return errors.New("this item belongs to no list")
	}
	r.indent = indent
	value, rest, err := scalar(strings.TrimLeft(rest, " "), "")
	if err == nil {
		err = nothing(rest)
	}
	if err == nil {
		last := &r.entries[len(r.entries)-1]
		last.values = append(last.values, value)
	}
	return err
}

// list reads what follows "[".
func list(rest string) (values []string, err error) {
	for {
		rest = strings.TrimLeft(rest, " ")
		if after, ok := strings.CutPrefix(rest, "]"); ok {
			return values, nothing(after)
		}
		var value string
		if value, rest, err = scalar(rest, ",[]{}"); err != nil {
			return nil, err
		}
		values = append(values, value)
		rest = strings.TrimLeft(rest, " ")
		if after, ok := strings.CutPrefix(rest, ","); ok {
			rest = after
		} else if !strings.HasPrefix(rest, "]") {
			return nil, errors.New("expected , or ] after an item: a list in brackets is one line")
		}
	}
}

// nothing may follow but a comment.
func nothing(rest string) error {
	bare := strings.TrimLeft(rest, " ")
	if bare == "" || bare != rest && bare[0] == '#' {
		return nil
	}
	return fmt.Errorf("there is %q after the value", bare)
}

// scalar reads one value, to the end of the line or to one of the characters in end.
func scalar(text, end string) (value, rest string, err error) {
	if text == "" {
		return "", "", errors.New("a value is missing")
	}
	switch text[0] {
	case '\'':
		return quoted(text[1:])
	case '"':
		value, rest, ok := strings.Cut(text[1:], `"`)
		if !ok || strings.Contains(value, `\`) {
			return "", "", errors.New(`what begins with " must end with ", without \ between: in '...' a \ is a \`)
		}
		return value, rest, nil
	}
	value, rest = text, ""
	if i := strings.IndexAny(text, end); i >= 0 {
		value, rest = text[:i], text[i:]
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value, rest = value[:i], value[i:]+rest
	}
	value = strings.TrimRight(value, " ")
	return value, rest, plain(value)
}

// quoted reads what follows ', up to the next that is not doubled.
func quoted(text string) (value, rest string, err error) {
	for {
		part, after, ok := strings.Cut(text, "'")
		if !ok {
			return "", "", errors.New("what begins with ' must end with '")
		}
		value += part
		if !strings.HasPrefix(after, "'") {
			return value, after, nil
		}
		value, text = value+"'", after[1:]
	}
}

// plain refuses what means something else in YAML when it is not quoted.
func plain(value string) error {
	switch {
	case value == "":
		return errors.New("a value is missing")
	case strings.ContainsRune("[]{},&*!|>%@`#", rune(value[0])), strings.HasPrefix(value, "? "), strings.HasPrefix(value, "- "), value == "?", value == "-",
		strings.HasPrefix(value, ":"), strings.Contains(value, ": "), strings.HasSuffix(value, ":"):
		return fmt.Errorf("%s has to stand in quotes", value)
	case slices.Contains([]string{"~", "null", "Null", "NULL"}, value):
		return fmt.Errorf("%s says nothing: leave the line out", value)
	}
	return nil
}
