package trial

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gstorm/gstorm"
)

// FirstLine names the fields of tuples that a Lines is to read, from the first of them: the keys of an object in their
// order, or value1, value2... for a list. rest is all that r holds, the first line again included. Without any line there
// are no fields.
func FirstLine(r io.Reader) (fields gstorm.Fields, rest io.Reader, err error) {
	lines := bufio.NewReader(r)
	var read []byte
	for {
		line, err := lines.ReadBytes('\n')
		read = append(read, line...)
		text := bytes.TrimSpace(line)
		switch {
		case len(text) > 0:
			fields, err = fieldsOf(text)
			return fields, io.MultiReader(bytes.NewReader(read), lines), err
		case errors.Is(err, io.EOF):
			return gstorm.Fields{}, bytes.NewReader(read), nil
		case err != nil:
			return nil, nil, err
		}
	}
}

func fieldsOf(text []byte) (gstorm.Fields, error) {
	fields := gstorm.Fields{}
	if text[0] != '{' {
		values, err := readValues(text)
		if err != nil {
			return nil, fmt.Errorf("the first line is no tuple: %w; expected a JSON list of values, or an object of fields", err)
		}
		for i := range values {
			fields = append(fields, fmt.Sprintf("value%d", i+1))
		}
		return fields, nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("the first line is no tuple: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	_, _ = d.Token() // the brace; what follows has just been read without an error
	for d.More() {
		key, _ := d.Token()
		fields = append(fields, key.(string))
		var skipped json.RawMessage
		_ = d.Decode(&skipped)
	}
	return fields, nil
}
