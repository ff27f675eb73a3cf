package packed

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// goValue makes any value that has a packed form of its own.
func goValue() *rapid.Generator[any] {
	scalars := rapid.OneOf(
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.String().AsAny(), rapid.Float32().AsAny(), rapid.Float64().AsAny(),
		rapid.Int().AsAny(), rapid.Int8().AsAny(), rapid.Int16().AsAny(), rapid.Int32().AsAny(), rapid.Int64().AsAny(),
		rapid.Uint().AsAny(), rapid.Uint8().AsAny(), rapid.Uint16().AsAny(), rapid.Uint32().AsAny(), rapid.Uint64().AsAny(),
		rapid.SliceOf(rapid.Byte()).AsAny(), rapid.SampledFrom([]any{json.Number("12345678901234567890.5"), math.NaN(), math.Inf(-1)}),
	)
	return rapid.OneOf(scalars, rapid.SliceOf(scalars).AsAny(), rapid.MapOf(rapid.String(), scalars).AsAny(),
		rapid.SliceOfN(rapid.SliceOf(scalars).AsAny(), 0, 3).AsAny())
}

// same compares values with their types; an empty list of bytes may come back as one or nil.
func same(a, b any) string {
	return cmp.Diff(a, b, cmp.Comparer(func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }),
		cmp.Comparer(func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }), cmp.Comparer(bytes.Equal))
}

// TestRowsComeBackAsTheyWere: all of a row's values, and each by itself.
func TestRowsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(goValue(), 1, 6).Draw(t, "values")
		out, err := AppendValues([]byte("before"), want)
		if err != nil {
			t.Fatal(err)
		}
		row := rowOf(t, out[len("before"):])
		if n, err := Arity(row); n != len(want) || err != nil {
			t.Fatalf("%d values, %v", n, err)
		}
		got, err := Values(row)
		if diff := same(want, got); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		for i := range want {
			v, err := Value(row, i)
			if diff := same(want[i], v); diff != "" || err != nil {
				t.Fatalf("value %d: %v (-want +got):\n%s", i, err, diff)
			}
			text, ok := String(row, i)
			if s, isString := want[i].(string); ok != isString || string(text) != s {
				t.Fatalf("value %d: %q, %v", i, text, ok)
			}
		}
		if _, err := Value(row, len(want)); err == nil {
			t.Fatal("there is one too many")
		}
		if again := AppendRow(nil, row); !bytes.Equal(again, out[len("before"):]) {
			t.Fatalf("%x, and handed on %x", out, again)
		}
	})
}

// rowOf is a row without its length.
func rowOf(t *rapid.T, row []byte) []byte {
	r := reader{row: row}
	n, err := r.count()
	if err != nil || r.at+n != len(row) {
		t.Fatalf("%x: %d, %v", row, n, err)
	}
	return row[r.at:]
}

// TestWhatHasNoFormOfItsOwn is packed as JSON is.
func TestWhatHasNoFormOfItsOwn(t *testing.T) {
	type point struct{ X, Y int }
	out, err := AppendValues(nil, []any{point{1, 2}, []string{"a"}, map[string]int{"n": 1 << 62}, json.RawMessage(`[1.0]`)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Values(out[1:])
	want := []any{map[string]any{"X": int64(1), "Y": int64(2)}, []any{"a"}, map[string]any{"n": int64(1 << 62)}, []any{json.Number("1.0")}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAValueThatCanNotBePacked(t *testing.T) {
	loop := []any{nil}
	loop[0] = loop
	for path, value := range map[string]any{
		"[1]": make(chan int), `[1].deep[0]`: map[string]any{"deep": []any{func() {}}}, `[1]["a b"]`: map[string]any{"a b": json.Number("01")},
		"": loop,
	} {
		out, err := AppendValues([]byte("x"), []any{1, value})
		var bad *ValueError
		if string(out) != "x" || !errors.As(err, &bad) || bad.Field != 1 || path != "" && bad.Path != path {
			t.Errorf("%s: %q, %v", path, out, err)
		}
	}
}

func TestTexts(t *testing.T) {
	out := AppendText(nil, []byte(`["a"]`))
	if text, ok := Text(out[1:]); !ok || string(text) != `["a"]` {
		t.Errorf("%q, %v", text, ok)
	}
	if _, err := Values(out[1:]); err == nil {
		t.Error("a text has been taken for values")
	}
	values, _ := AppendValues(nil, nil)
	if _, ok := Text(values[1:]); ok {
		t.Error("values have been taken for a text")
	}
}

// FuzzRow reads anything as a row: what can be read can be written, and reads the same again.
func FuzzRow(f *testing.F) {
	row, _ := AppendValues(nil, []any{1, "a", nil, true, []any{2.5, map[string]any{"k": int8(-1)}}, json.Number("1e3"), []byte("b"), []string{"c"}})
	f.Add(row[1:])
	f.Add(AppendText(nil, []byte("[]"))[1:])
	f.Add([]byte{ofValues, 1, tagList, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, row []byte) {
		n, _ := Arity(row)
		for i := range min(n, 100) {
			_, _ = Value(row, i)
			_, _ = String(row, i)
		}
		values, err := Values(row)
		if err != nil {
			return
		}
		if len(values) != n {
			t.Fatalf("%d values, arity %d", len(values), n)
		}
		again, err := AppendValues(nil, values)
		if err != nil {
			return // a number that is none
		}
		r := reader{row: again}
		_, _ = r.count()
		same, err := Values(again[r.at:])
		if err != nil || len(same) != n {
			t.Fatalf("%v", err)
		}
	})
}
