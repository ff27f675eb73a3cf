package flux

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
)

// source is the text of a file after substitution.
type source struct {
	file  string
	text  string
	lines []int // the line of the file from which each line of text came
}

// position is where in the file a line of the text came from.
func (s source) position(line int) gstorm.Position {
	if line >= 1 && line <= len(s.lines) {
		line = s.lines[line-1]
	}
	return gstorm.Position{File: s.file, Line: max(line, 1)}
}

// placeholder is ${key}. Flux's own pattern finds one in a line; here it is every one.
var placeholder = regexp.MustCompile(`\$\{([^{}]+)\}`)

// substitute replaces the placeholders of a text before it is read as YAML, as Flux does, so a value may be any piece of
// YAML. A placeholder without a value stays, with a warning unless it is in a comment.
func (l Loader) substitute(file, text string, r *report) source {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	s := source{file: file}
	var out []string
	for i, line := range strings.Split(text, "\n") {
		at := gstorm.Position{File: file, Line: i + 1}
		comment := strings.HasPrefix(strings.TrimSpace(line), "#")
		line = placeholder.ReplaceAllStringFunc(line, func(whole string) string {
			key := whole[2 : len(whole)-1]
			value, err := l.value(key)
			if err != nil && !comment {
				r.warnf(at, "%s stays as it is: %v", whole, err)
			}
			if err != nil {
				return whole
			}
			return value
		})
		out = append(out, line)
		for range strings.Count(line, "\n") + 1 {
			s.lines = append(s.lines, i+1)
		}
	}
	s.text = strings.Join(out, "\n")
	return s
}

// value is what stands for a key.
func (l Loader) value(key string) (string, error) {
	if name, ok := strings.CutPrefix(key, "ENV-"); ok && l.Environment != nil {
		if value, ok := l.Environment(name); ok {
			return value, nil
		}
		return "", fmt.Errorf("the environment has no %s", name)
	}
	if value, ok := l.Properties[key]; ok {
		return value, nil
	}
	if property, index, ok := element(key); ok {
		if value, ok := l.Properties[property]; ok {
			return pick(property, value, index)
		}
	}
	return "", fmt.Errorf("there is no property %s", key)
}

// element splits key[index].
func element(key string) (property string, index int, ok bool) {
	property, rest, ok := strings.Cut(key, "[")
	digits, closed := strings.CutSuffix(rest, "]")
	index, err := strconv.Atoi(digits)
	return property, index, ok && closed && err == nil && index >= 0
}

// pick takes an element out of a list that is written ["a", "b"]. No element may hold a comma, as in Flux.
func pick(property, value string, index int) (string, error) {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(value), "["), "]")
	elements := strings.Split(inner, ",")
	if index >= len(elements) {
		return "", fmt.Errorf("the list %s has %d elements", property, len(elements))
	}
	text := strings.TrimSpace(elements[index])
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'') {
		text = text[1 : n-1]
	}
	return text, nil
}
