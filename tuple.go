package gstorm

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/gstorm/gstorm/internal/packed"
)

// DefaultStream is the stream that is meant where none is named (Storm's Utils.DEFAULT_STREAM_ID).
const DefaultStream = "default"

// Names of Storm's system component and of the streams that the host itself writes to.
const (
	SystemComponent = "__system"
	TickStream      = "__tick"
	SystemTask      = -1
)

// Source says where tuples come from. All tuples that one task emits on one stream share one Source, which nobody
// changes.
type Source struct {
	Component string
	Stream    string
	Task      int
	Fields    Fields
}

// Tuple is one tuple as the task that received it sees it. It is a plain value; what it takes part in (its tree, what
// was emitted because of it) is the host's business.
//
// A tuple that was made in this process has Values; one that came from a child process has only JSON, the text of a
// JSON array, which the host never decodes for another child, or, from a component in Go, Packed, its values in gstorm's own
// form. The methods work on all of them.
type Tuple struct {
	Source *Source
	Values Values
	JSON   []byte
	Packed []byte
}

// IsTick reports whether the tuple is a tick, which the host makes every topology.tick.tuple.freq.secs seconds for
// components that ask for it.
func (t *Tuple) IsTick() bool {
	return t.Source != nil && t.Source.Stream == TickStream && t.Source.Component == SystemComponent
}

// Decode returns the tuple's values and keeps them in t.Values. JSON numbers become json.Number, so that none loses a
// digit. It fails only if JSON is no JSON array, or Packed holds none.
func (t *Tuple) Decode() (Values, error) {
	if t.Values != nil || t.JSON == nil && t.Packed == nil {
		return t.Values, nil
	}
	if t.JSON == nil {
		values, err := packed.Values(t.Packed)
		if err != nil {
			return nil, fmt.Errorf("decode tuple of %s: %w", t.Source.Component, err)
		}
		t.Values = values
		return values, nil
	}
	hint := 0
	if t.Source != nil {
		hint = len(t.Source.Fields)
	}
	values, err := decodeValues(string(t.JSON), hint)
	if err != nil {
		return nil, fmt.Errorf("decode tuple of %s: %w", t.Source.Component, err)
	}
	t.Values = values
	return values, nil
}

// Value returns the value of a field. The error names the fields that there are.
func (t *Tuple) Value(field string) (any, error) {
	i := t.Source.Fields.Index(field)
	if i < 0 {
		return nil, fmt.Errorf("tuple of %s has no field %q (its fields: %s)", t.Source.Component, field, t.Source.Fields)
	}
	if t.Values == nil && t.JSON == nil && t.Packed != nil { // one value need not be made a list of all
		if v, err := packed.Value(t.Packed, i); err == nil {
			return v, nil
		}
	}
	values, err := t.Decode()
	if err != nil {
		return nil, err
	}
	if i >= len(values) {
		return nil, fmt.Errorf("tuple of %s has %d values, none for field %q", t.Source.Component, len(values), field)
	}
	return values[i], nil
}

// String returns the text of a field: a string as it is, any other value as its JSON text.
func (t *Tuple) String(field string) (string, error) {
	if text, ok := t.plainString(field); ok {
		return text, nil
	}
	v, err := t.Value(field)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// plainString is the string of a field where that can be had without making a list of the values.
func (t *Tuple) plainString(field string) (string, bool) {
	if t.Values != nil {
		return "", false
	}
	i := t.Source.Fields.Index(field)
	if i < 0 {
		return "", false
	}
	if t.JSON != nil {
		text := plainString(t.JSON, i)
		return string(text), text != nil
	}
	text, ok := packed.String(t.Packed, i)
	return string(text), ok
}

// Int returns the integer of a field. It fails if the value is not a whole number that an int64 can hold.
func (t *Tuple) Int(field string) (int64, error) {
	v, err := t.Value(field)
	if err != nil {
		return 0, err
	}
	n, ok := wholeNumber(v)
	if !ok {
		return 0, fmt.Errorf("field %q of a tuple of %s is %v, not a whole number", field, t.Source.Component, v)
	}
	return n, nil
}

// Float returns the number of a field.
func (t *Tuple) Float(field string) (float64, error) {
	v, err := t.Value(field)
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case float64:
		return v, nil
	case float32:
		return float64(v), nil
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f, nil
		}
	}
	if n, ok := wholeNumber(v); ok {
		return float64(n), nil
	}
	return 0, fmt.Errorf("field %q of a tuple of %s is %v, not a number", field, t.Source.Component, v)
}

// Bool returns the truth value of a field.
func (t *Tuple) Bool(field string) (bool, error) {
	v, err := t.Value(field)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("field %q of a tuple of %s is %v, not true or false", field, t.Source.Component, v)
	}
	return b, nil
}

func wholeNumber(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	case uint:
		return int64(v), uint64(v) <= math.MaxInt64
	case uint64:
		return int64(v), v <= math.MaxInt64
	case uint32:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint8:
		return int64(v), true
	case float32:
		return wholeNumber(float64(v))
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true
		}
		f, err := strconv.ParseFloat(v.String(), 64)
		return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return 0, false
}
