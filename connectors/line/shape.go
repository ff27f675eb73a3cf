package line

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// errorsStream is where a spout puts what it can't read.
const errorsStream = "errors"

// Plain emits lines as they are, in the field line; with position also the fields file and number, where they stand.
func Plain(position bool) (Shape, gstorm.Outline) {
	if !position {
		return func(l Line) (Emission, error) { return Emission{gstorm.DefaultStream, []any{l.Text}}, nil }, catalog.OnDefault("line")
	}
	return func(l Line) (Emission, error) {
		return Emission{gstorm.DefaultStream, []any{l.Text, l.File, l.Number}}, nil
	}, catalog.OnDefault("line", "file", "number")
}

// JSONOptions are the options of every spout that reads JSON from lines.
func JSONOptions() []catalog.Option {
	return []catalog.Option{
		{Name: "fields", Type: catalog.Texts, Doc: "the keys of each object whose values are emitted, by these names; null where an object lacks one. Without it, the field `value` has all of it"},
		{Name: "on_error", Type: catalog.Text, Default: "emit", Choices: []string{"emit", "skip", "fail"}, Doc: "what is done with a line that is no JSON, or no object where there are `fields`: `emit` it on the stream `errors`, `skip` it, or `fail`, which ends the topology"},
	}
}

// JSONStreams are the streams of every spout that reads JSON from lines.
func JSONStreams() []catalog.Stream {
	return []catalog.Stream{
		{Name: "default", Fields: "those of `fields`, or `value`", Doc: "what each line says; numbers keep their digits"},
		{Name: errorsStream, Fields: "`line`, `error`, `file`, `number`", Doc: "lines that can't be read, with `on_error: emit`. If nobody subscribes, they are acked as any tuple without a consumer"},
	}
}

// JSON emits what lines say by those options. Blank lines are skipped.
func JSON(v catalog.Values) (Shape, gstorm.Outline) {
	names := v.Texts("fields")
	outline := catalog.OnDefault(names...)
	if len(names) == 0 {
		outline = catalog.OnDefault("value")
	}
	if v.Text("on_error") == "emit" {
		outline.Outputs[errorsStream] = gstorm.Stream{Fields: gstorm.Fields{"line", "error", "file", "number"}}
	}
	return jsonShape(names, v.Text("on_error")), outline
}

// jsonShape emits what lines say.
func jsonShape(fields []string, onError string) Shape {
	return func(l Line) (Emission, error) {
		if strings.TrimSpace(l.Text) == "" {
			return Emission{}, nil
		}
		values, err := parse(l.Text, fields)
		switch {
		case err == nil:
			return Emission{gstorm.DefaultStream, values}, nil
		case onError == "skip":
			return Emission{}, nil
		case onError == "fail":
			return Emission{}, err
		}
		return Emission{errorsStream, []any{l.Text, err.Error(), l.File, l.Number}}, nil
	}
}

// parse reads a JSON value, and of an object only some keys if there are any to read.
func parse(text string, fields []string) ([]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it is no JSON: something stands behind the value")
	}
	if len(fields) == 0 {
		return []any{value}, nil
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return nil, errors.New("it is no JSON object")
	}
	values := make([]any, len(fields))
	for i, name := range fields {
		values[i] = object[name]
	}
	return values, nil
}
