package tap

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
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
	return stats.ShowValues(text, fields)
}
