package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
)

// Option is something that a topology can say about a built-in component.
type Option struct {
	Name     string
	Type     Type
	Default  any // as a topology would write it; nil: none
	Required bool
	Choices  []string // of a text: what it may be; none: anything
	Least    float64  // of a number of any sort: the least that it may be
	Doc      string   // what it means, without a full stop
}

// Type is what values an option takes.
type Type string

// The types.
const (
	Text     Type = "text"
	Texts    Type = "text or list"   // of texts
	Command  Type = "command"        // a list is an argv, a text is for the shell
	Integer  Type = "whole number"   // not negative
	Number   Type = "number"         // not negative
	Seconds  Type = "seconds"        // not negative, whole or not
	Size     Type = "bytes"          // a whole number, or a text as 64MB, which is 64 times 1024 times 1024
	Truth    Type = "true or false"  // nothing else
	Named    Type = "list of names"  // each with a value: - name: value
	Variable Type = "map of strings" // by name
)

// Values are the options of a component: those given, and the defaults of others.
type Values map[string]any

// Has reports whether an option was given or has a default.
func (v Values) Has(name string) bool { return v[name] != nil }

// Text is the value of an option of the type Text; "" if there is none.
func (v Values) Text(name string) string { s, _ := v[name].(string); return s }

// Texts are the values of an option of the type Texts or Command; none if there are none.
func (v Values) Texts(name string) []string { s, _ := v[name].([]string); return s }

// Int is the value of an option of the type Integer or Size; 0 if there is none.
func (v Values) Int(name string) int { n, _ := v[name].(int); return n }

// Float is the value of an option of the type Number; 0 if there is none.
func (v Values) Float(name string) float64 { f, _ := v[name].(float64); return f }

// Duration is the value of an option of the type Seconds; 0 if there is none.
func (v Values) Duration(name string) time.Duration { d, _ := v[name].(time.Duration); return d }

// Bool is the value of an option of the type Truth; false if there is none.
func (v Values) Bool(name string) bool { b, _ := v[name].(bool); return b }

// Named are the names and values of an option of the type Named, in order; none if there are none.
func (v Values) Named(name string) []Pair { p, _ := v[name].([]Pair); return p }

// Variables are those of an option of the type Variable; none if there are none.
func (v Values) Variables(name string) map[string]string {
	m, _ := v[name].(map[string]string)
	return m
}

// Pair is a name with its value.
type Pair struct {
	Name  string
	Value any
}

// read makes the value of an option's type.
func (o *Option) read(given any) (any, error) {
	switch o.Type {
	case Text:
		return o.text(given)
	case Texts:
		return texts(given)
	case Command:
		return command(given)
	case Integer:
		n, _, err := gstorm.Config{o.Name: given}.Int(o.Name)
		if _, isText := given.(string); isText || err != nil {
			return nil, errors.New("it must be a whole number")
		}
		return n, o.least(float64(n))
	case Size:
		n, err := size(given)
		if err != nil {
			return nil, err
		}
		return n, o.least(float64(n))
	case Number:
		f, err := number(given)
		if err != nil {
			return nil, err
		}
		return f, o.least(f)
	case Seconds:
		f, err := number(given)
		if err != nil || f > math.MaxInt64/float64(time.Second) {
			return nil, errors.New("it must be a number of seconds")
		}
		return time.Duration(f * float64(time.Second)), o.least(f)
	case Truth:
		if b, isBool := given.(bool); isBool {
			return b, nil
		}
		return nil, errors.New("it must be true or false")
	case Named:
		return named(given)
	}
	return variables(given)
}

func (o *Option) least(n float64) error {
	if n < o.Least {
		return fmt.Errorf("it must be at least %v", o.Least)
	}
	return nil
}

func (o *Option) text(given any) (string, error) {
	s, isText := given.(string)
	if !isText {
		return "", errors.New("it must be a text")
	}
	if len(o.Choices) > 0 && !slices.Contains(o.Choices, s) {
		return "", fmt.Errorf("it must be %s", alternatives(o.Choices))
	}
	return s, nil
}

func alternatives(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func texts(given any) ([]string, error) {
	wrong := errors.New("it must be a text or a list of texts")
	switch given := given.(type) {
	case string:
		return []string{given}, nil
	case []string:
		return given, nonEmpty(given)
	case []any:
		list := make([]string, len(given))
		for i, item := range given {
			var isText bool
			if list[i], isText = item.(string); !isText {
				return nil, wrong
			}
		}
		return list, nonEmpty(list)
	}
	return nil, wrong
}

func nonEmpty(list []string) error {
	if len(list) == 0 {
		return errors.New("it must not be empty")
	}
	return nil
}

func command(given any) ([]string, error) {
	argv, err := texts(given)
	if err != nil || argv[0] == "" {
		return nil, errors.New("it must be a command: a list of a program and its arguments, or a text for the shell")
	}
	if _, isText := given.(string); isText {
		return []string{"sh", "-c", argv[0]}, nil
	}
	return argv, nil
}

func number(given any) (float64, error) {
	var f float64
	var err error
	switch given := given.(type) {
	case float64:
		f = given
	case json.Number:
		f, err = given.Float64()
	default:
		n, _, wrong := gstorm.Config{"n": given}.Int("n")
		f, err = float64(n), wrong
	}
	if _, isText := given.(string); isText || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errors.New("it must be a number")
	}
	return f, nil
}

// size reads a number of bytes.
func size(given any) (int, error) {
	wrong := errors.New("it must be a number of bytes, or a text as 64MB")
	text, isText := given.(string)
	if !isText {
		n, _, err := gstorm.Config{"n": given}.Int("n")
		if err != nil {
			return 0, wrong
		}
		return n, nil
	}
	digits := strings.TrimRight(text, "kKmMgGbBiI ")
	n, err := strconv.Atoi(digits)
	unit, known := map[string]int{"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[strings.TrimSuffix(strings.TrimSuffix(
		strings.ToLower(strings.TrimSpace(text[len(digits):])), "b"), "i")]
	if err != nil || !known || n > math.MaxInt/unit {
		return 0, wrong
	}
	return n * unit, nil
}

// named reads a list of mappings of one entry each: the order of several in one mapping is lost on the way here.
func named(given any) ([]Pair, error) {
	wrong := errors.New("it must be a list with one name and its value in each item, as [{a: 1}, {b: 2}]")
	items, isList := given.([]any)
	if maps, isMaps := given.([]map[string]any); isMaps {
		for _, m := range maps {
			items = append(items, m)
		}
		isList = true
	}
	if !isList || len(items) == 0 {
		return nil, wrong
	}
	pairs := make([]Pair, len(items))
	for i, item := range items {
		entry, isMap := item.(map[string]any)
		if !isMap || len(entry) != 1 {
			return nil, wrong
		}
		for name, value := range entry {
			pairs[i] = Pair{name, value}
		}
		if at := slices.IndexFunc(pairs, func(p Pair) bool { return p.Name == pairs[i].Name }); at < i {
			return nil, fmt.Errorf("it names %q twice", pairs[i].Name)
		}
	}
	return pairs, nil
}

func variables(given any) (map[string]string, error) {
	if own, isOwn := given.(map[string]string); isOwn {
		return own, nil
	}
	wrong := errors.New("it must be a mapping of names to texts")
	mapping, isMap := given.(map[string]any)
	if !isMap {
		return nil, wrong
	}
	read := map[string]string{}
	for name, value := range mapping {
		text, isText := value.(string)
		if !isText {
			return nil, wrong
		}
		read[name] = text
	}
	return read, nil
}

// show is a value for a message.
func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
