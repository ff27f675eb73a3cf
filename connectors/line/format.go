package line

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// Format appends a tuple, or some of its fields, to a text as a line without its end.
type Format func(text []byte, t *gstorm.Tuple, fields []string) ([]byte, error)

// FormatOption is the option that says what a line is made of. what begins its explanation.
func FormatOption(name, what string) catalog.Option {
	return catalog.Option{Name: name, Type: catalog.Text, Default: "text", Choices: []string{"text", "json", "list"}, Doc: what + ": `text`, the values with tabs between them, in which \\, tabs and line breaks are written as `\\\\`, `\\t`, `\\n` and `\\r`; `json`, an object of the fields; `list`, a JSON list of the values"}
}

// FormatOf is the format that the option's value names.
func FormatOf(name string) Format {
	return map[string]Format{"text": appendText, "json": appendObject, "list": appendList}[name]
}

// UnknownFields are those of names that an input which is known does not have, as an error about the option fields.
func UnknownFields(names []string, inputs []gstorm.Fields) error {
	for _, input := range inputs {
		for _, name := range names {
			if input != nil && !input.Contains(name) {
				return fmt.Errorf("option fields: its input has no field %q (its fields: %s)", name, input)
			}
		}
	}
	return nil
}

// escapes keep a value within its line and its column.
var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// chosen are the names and the values that a line is made of.
func chosen(t *gstorm.Tuple, fields []string) (names []string, values []any, err error) {
	if len(fields) == 0 {
		values, err := t.Decode()
		return t.Source.Fields, values, err
	}
	values = make([]any, len(fields))
	for i, name := range fields {
		if values[i], err = t.Value(name); err != nil {
			return nil, nil, err
		}
	}
	return fields, values, nil
}

func appendText(text []byte, t *gstorm.Tuple, fields []string) ([]byte, error) {
	_, values, err := chosen(t, fields)
	if err != nil {
		return nil, err
	}
	for i, value := range values {
		if i > 0 {
			text = append(text, '\t')
		}
		if s, isText := value.(string); isText {
			text = append(text, escapes.Replace(s)...)
		} else if text, err = appendJSON(text, value); err != nil {
			return nil, err
		}
	}
	return text, nil
}

func appendObject(text []byte, t *gstorm.Tuple, fields []string) ([]byte, error) {
	names, values, err := chosen(t, fields)
	if err != nil {
		return nil, err
	}
	if len(values) != len(names) {
		return nil, fmt.Errorf("tuple of %s has %d values for its %d fields", t.Source.Component, len(values), len(names))
	}
	text = append(text, '{')
	for i, value := range values {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = appendJSON(text, names[i]); err != nil {
			return nil, err
		}
		text = append(text, ':')
		if text, err = appendJSON(text, value); err != nil {
			return nil, err
		}
	}
	return append(text, '}'), nil
}

func appendList(text []byte, t *gstorm.Tuple, fields []string) ([]byte, error) {
	_, values, err := chosen(t, fields)
	if err != nil {
		return nil, err
	}
	return appendJSON(text, values)
}

func appendJSON(text []byte, value any) ([]byte, error) {
	b := bytes.NewBuffer(text)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, fmt.Errorf("a value that is no JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
