package gstorm_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

var source = &gstorm.Source{Component: "words", Stream: gstorm.DefaultStream, Task: 3, Fields: gstorm.Fields{"word", "n", "more"}}

func fromText(text string) *gstorm.Tuple { return &gstorm.Tuple{Source: source, JSON: []byte(text)} }

func fromValues(values ...any) *gstorm.Tuple { return &gstorm.Tuple{Source: source, Values: values} }

func TestTupleDecode(t *testing.T) {
	tuple := fromText(`["a",18446744073709551617,[1.50,null,{"x":true}]]`)
	want := gstorm.Values{"a", json.Number("18446744073709551617"), []any{json.Number("1.50"), nil, map[string]any{"x": true}}}
	got, err := tuple.Decode()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if diff := cmp.Diff(want, tuple.Values); diff != "" {
		t.Error("the values are not kept: " + diff)
	}
	if got, err := fromValues("a").Decode(); err != nil || len(got) != 1 {
		t.Errorf("a tuple with values: %v, %v", got, err)
	}
	if got, err := fromText(`[]`).Decode(); err != nil || len(got) != 0 {
		t.Errorf("an empty tuple: %v, %v", got, err)
	}
	for _, text := range []string{`{}`, `"a"`, `null`, `[1`, ``} {
		if got, err := fromText(text).Decode(); err == nil || got != nil || !strings.Contains(err.Error(), "words") {
			t.Errorf("%q: %v, %v; want an error that names the component", text, got, err)
		}
	}
}

func TestTupleValue(t *testing.T) {
	for _, tuple := range []*gstorm.Tuple{fromText(`["a",null]`), fromValues("a", nil)} {
		if v, err := tuple.Value("word"); v != "a" || err != nil {
			t.Errorf("word: %v, %v", v, err)
		}
		if v, err := tuple.Value("n"); v != nil || err != nil {
			t.Errorf("n: %v, %v", v, err)
		}
		_, err := tuple.Value("wrod")
		if want := `tuple of words has no field "wrod" (its fields: word, n, more)`; err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
		_, err = tuple.Value("more")
		if want := `tuple of words has 2 values, none for field "more"`; err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	if _, err := fromText(`{`).Value("word"); err == nil {
		t.Error("no error for a tuple that is no JSON")
	}
}

func TestTupleString(t *testing.T) {
	texts := map[string]string{`"é \"q\""`: `é "q"`, `1.50`: `1.50`, `null`: `null`, `true`: `true`, `[1, "a"]`: `[1,"a"]`, `{"b":1,"a":2}`: `{"a":2,"b":1}`}
	for text, want := range texts {
		if got, err := fromText("[" + text + "]").String("word"); got != want || err != nil {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	if got, err := fromValues(12).String("word"); got != "12" || err != nil {
		t.Errorf("12: %q, %v", got, err)
	}
	if _, err := fromText(`[]`).String("word"); err == nil {
		t.Error("no error for a value that is missing")
	}
}

func TestTupleInt(t *testing.T) {
	for _, v := range []any{7, int8(7), int16(7), int32(7), int64(7), uint(7), uint8(7), uint16(7), uint32(7), uint64(7), float32(7), 7.0, json.Number("7"), json.Number("7e0")} {
		if n, err := fromValues(v).Int("word"); n != 7 || err != nil {
			t.Errorf("%T %v: %d, %v", v, v, n, err)
		}
	}
	if n, err := fromText(`[9223372036854775807]`).Int("word"); n != math.MaxInt64 || err != nil {
		t.Errorf("the largest: %d, %v", n, err)
	}
	for _, v := range []any{"7", 7.5, 1e300, nil, true, json.Number("9223372036854775808"), uint64(math.MaxInt64 + 1)} {
		if n, err := fromValues(v).Int("word"); err == nil || !strings.Contains(err.Error(), `"word"`) {
			t.Errorf("%T %v: %d, %v; want an error that names the field", v, v, n, err)
		}
	}
}

func TestTupleIsTick(t *testing.T) {
	tick := gstorm.Tuple{Source: &gstorm.Source{Component: gstorm.SystemComponent, Stream: gstorm.TickStream, Task: gstorm.SystemTask}}
	if !tick.IsTick() {
		t.Error("a tick is none")
	}
	for _, other := range []*gstorm.Tuple{fromValues(1), {}, {Source: &gstorm.Source{Component: gstorm.SystemComponent, Stream: "other"}}} {
		if other.IsTick() {
			t.Errorf("%v is a tick", other.Source)
		}
	}
}
