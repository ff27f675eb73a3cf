package tap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
)

// What is shown of a tuple at most, in bytes.
const (
	mostOfValue = 4 << 10
	mostOfTuple = 64 << 10
	aroundValue = 32 // what a value takes beside its text
)

// Text is the JSON text of values. What JSON has no form for is a text that says what it is.
func Text(values gstorm.Values) []byte {
	text := []byte{'['}
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, textOf(v)...)
	}
	return append(text, ']')
}

func textOf(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) == nil {
		return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
	}
	instead := fmt.Sprintf("%T", v)
	switch v.(type) {
	case float64, float32:
		instead = fmt.Sprint(v)
	}
	return textOf(instead)
}

// Show is how the values of a tuple are shown, and how many more there are. What is JSON stays to the letter what its component
// wrote.
func Show(t *gstorm.Tuple, fields gstorm.Fields) (shown []stats.TapValue, more int, err error) {
	text := t.JSON
	if text == nil {
		values, err := t.Decode()
		if err != nil {
			return nil, 0, err
		}
		text = Text(values)
	}
	var values []json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, 0, err
	}
	shown = make([]stats.TapValue, 0, min(len(values), mostOfTuple/aroundValue))
	left := mostOfTuple
	for i, value := range values {
		v := stats.TapValue{Field: fmt.Sprintf("value %d", i+1)}
		if i < len(fields) {
			v.Field = fields[i]
		}
		if left -= aroundValue + len(v.Field); left < 0 {
			return shown, len(values) - i, nil
		}
		v.JSON = beginning(value, min(left, mostOfValue))
		if left -= len(v.JSON); len(v.JSON) < len(value) {
			v.Bytes = len(value)
		}
		shown = append(shown, v)
	}
	return shown, 0, nil
}

// beginning is a text, or as much of it as may be shown.
func beginning(text []byte, most int) string {
	if len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}
