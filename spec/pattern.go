package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// bigLength is the length of the string that ${big} stands for.
const bigLength = 5_000_000

// values are what the texts of a case can refer to as ${name}: JSON texts that were saved from frames.
type values map[string]string

func newValues() values { return values{"big": `"` + strings.Repeat("x", bigLength) + `"`} }

// fill puts the values into a text.
func (v values) fill(text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	for name, value := range v {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}

// match compares a frame's JSON text with a pattern: JSON too, in which
//
//	{"a":1}     matches objects that have a, whatever else they have
//	"$absent"   as a member's value: the object has no such member
//	"$any", "$int", "$string", "$object", "$dir"   match a value of that kind; $dir: a directory that can be written to
//	"$~text"    matches a string that has the text in it
//	"$=name"    matches any value and saves it as ${name}
//
// Everything else matches itself; numbers as they are written, so 1 does not match 1.0.
func match(pattern string, frame []byte, v values) error {
	want, err := decode([]byte(v.fill(pattern)))
	if err != nil {
		return fmt.Errorf("the pattern is no JSON: %w", err)
	}
	got, err := decode(frame)
	if err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	saved := values{}
	if err := matchValue("", want, got, saved); err != nil {
		return err
	}
	for name, text := range saved {
		v[name] = text
	}
	return nil
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more follows after the value")
	}
	return value, nil
}

func matchValue(at string, want, got any, saved values) error {
	switch want := want.(type) {
	case string:
		return matchText(at, want, got, saved)
	case map[string]any:
		return matchObject(at, want, got, saved)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Errorf("%s is not %s", place(at), brief(want))
		}
		for i := range want {
			if err := matchValue(fmt.Sprintf("%s[%d]", at, i), want[i], list[i], saved); err != nil {
				return err
			}
		}
		return nil
	}
	if want != got {
		return fmt.Errorf("%s is not %s", place(at), brief(want))
	}
	return nil
}

func matchObject(at string, want map[string]any, got any, saved values) error {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is no object", place(at))
	}
	for name, w := range want {
		member, there := object[name]
		switch {
		case w == "$absent" && there:
			return fmt.Errorf("%s has a member %q", place(at), name)
		case w == "$absent":
			continue
		case !there:
			return fmt.Errorf("%s has no member %q", place(at), name)
		}
		if err := matchValue(at+"."+name, w, member, saved); err != nil {
			return err
		}
	}
	return nil
}

func matchText(at, want string, got any, saved values) error {
	ok := want == got
	if name, save := strings.CutPrefix(want, "$="); save {
		text, err := json.Marshal(got)
		saved[name] = string(text)
		return err
	}
	if part, found := strings.CutPrefix(want, "$~"); found {
		text, isText := got.(string)
		ok = isText && strings.Contains(text, part)
	}
	switch want {
	case "$any":
		ok = true
	case "$int":
		n, number := got.(json.Number)
		_, err := n.Int64()
		ok = number && err == nil
	case "$string":
		_, ok = got.(string)
	case "$object":
		_, ok = got.(map[string]any)
	case "$dir":
		ok = writable(got)
	}
	if !ok {
		return fmt.Errorf("%s is not %s", place(at), brief(want))
	}
	return nil
}

func writable(dir any) bool {
	name, ok := dir.(string)
	if !ok {
		return false
	}
	file, err := os.CreateTemp(name, "conform-")
	if err != nil {
		return false
	}
	return file.Close() == nil && os.Remove(file.Name()) == nil
}

func place(at string) string {
	if at == "" {
		return "it"
	}
	return strings.TrimPrefix(at, ".")
}

func brief(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return cut(string(text))
}

// shown is how much of a text a report shows.
const shown = 500

func cut(text string) string {
	if len(text) <= shown {
		return text
	}
	return fmt.Sprintf("%s ... (%d bytes)", text[:shown], len(text))
}

// matchAny finds the first pattern that a frame matches, -1 if there is none.
func matchAny(patterns []string, frame []byte, v values) int {
	return slices.IndexFunc(patterns, func(p string) bool { return match(p, frame, v) == nil })
}
