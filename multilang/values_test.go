package multilang

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAppendValues(t *testing.T) {
	tests := []struct {
		values []any
		want   string
	}{
		{nil, `[]`},
		{[]any{nil, true, false, "a"}, `[null,true,false,"a"]`},
		{[]any{1, int8(-2), int16(3), int32(-4), int64(math.MinInt64)}, `[1,-2,3,-4,-9223372036854775808]`},
		{[]any{uint(1), uint8(2), uint16(3), uint32(4), uint64(math.MaxUint64)}, `[1,2,3,4,18446744073709551615]`},
		{[]any{1.0, -0.5, 1e20, 1e21, 1e-7, 0.1, 123456.123456789, float32(0.1), float32(2)}, `[1.0,-0.5,100000000000000000000.0,1e+21,1e-07,0.1,123456.123456789,0.1,2.0]`},
		{[]any{json.Number("1.0"), json.Number("1e400")}, `[1.0,1e400]`},
		{[]any{"é😀\u2028<&>/\x7f", "q\"b\\n\nr\rt\tz\x00", "a\xffb\xed\xa0\x80"}, `["\u00e9\ud83d\ude00\u2028<&>/` + "\x7f" + `","q\"b\\n\nr\rt\tz\u0000","a\ufffdb\ufffd\ufffd\ufffd"]`},
		{[]any{map[string]any{"b": 1, "a": []any{2}, "é": nil}, map[string]any{}, []any{}, []string{"x", "y"}}, `[{"a":[2],"b":1,"\u00e9":null},{},[],["x","y"]]`},
		{[]any{[]byte("bytes"), json.RawMessage("{\"a\":\n\"é\"}"), map[string]int{"b": 1, "a": 2}}, `["Ynl0ZXM=",{"a":"\u00e9"},{"a":2,"b":1}]`},
		{[]any{struct{ Name string }{"é"}, [2]bool{true}, (*int)(nil)}, `[{"Name":"\u00e9"},[true,false],null]`},
	}
	for _, test := range tests {
		got, err := AppendValues([]byte("x"), test.values)
		if err != nil || string(got) != "x"+test.want {
			t.Errorf("%#v:\n got %s (%v)\nwant x%s", test.values, got, err, test.want)
		}
	}
}

func TestAppendValuesRefuses(t *testing.T) {
	circle := []any{nil}
	circle[0] = circle
	tests := []struct {
		values []any
		field  int
		want   string
	}{
		{[]any{"a", math.NaN()}, 1, `value at [1]: "NaN": JSON has no such number`},
		{[]any{float32(math.Inf(-1))}, 0, `value at [0]: "-Inf": JSON has no such number`},
		{[]any{"a", []any{1, map[string]any{"k": []any{math.Inf(1)}}}}, 1, `value at [1][1].k[0]: "+Inf": JSON has no such number`},
		{[]any{0, 1, make(chan int)}, 2, `value at [2]: "chan int": json: unsupported type: chan int`},
		{[]any{json.Number("01")}, 0, `value at [0]: "01": not written as JSON`},
		{[]any{json.Number("")}, 0, `value at [0]: not written as JSON`},
		{[]any{json.RawMessage(`{"a":NaN}`)}, 0, `value at [0].a: "NaN": JSON has no such number`},
		{[]any{json.RawMessage(`[1`)}, 0, `value at [0]: a comma or a closing bracket is expected`},
		{[]any{1, circle}, 1, `nested deeper than 1000`},
	}
	for _, test := range tests {
		got, err := AppendValues([]byte("kept"), test.values)
		var bad *ValueError
		if !errors.As(err, &bad) || bad.Field != test.field || !strings.HasSuffix(bad.Error(), test.want) {
			t.Errorf("error %v, want one of field %d: %s", err, test.field, test.want)
		}
		if string(got) != "kept" {
			t.Errorf("%s: dst is %q", test.want, got)
		}
	}
}

// AppendValues of what a word count emits allocates nothing in a buffer that has room.
func TestAppendValuesAllocatesNothing(t *testing.T) {
	values, dst := []any{"word", 42, 1.5, nil}, make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { _, _ = AppendValues(dst, values) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDecodeValues(t *testing.T) {
	tests := []struct {
		text string
		want []any
	}{
		{`[]`, []any{}},
		{" [null,\ntrue,false , \"a\\u00e9é\"] ", []any{nil, true, false, "aéé"}},
		{`[1,-9223372036854775808,9007199254740993,9223372036854775808,18446744073709551616]`, []any{int64(1), int64(math.MinInt64), int64(9007199254740993), json.Number("9223372036854775808"), json.Number("18446744073709551616")}},
		{`[1.0,0.1,-2.50e1,1E3,0.0,1e400,1e-400,0.1000000000000000055,123456789012345678.5,5e-324]`, []any{1.0, 0.1, -25.0, 1000.0, 0.0, json.Number("1e400"), json.Number("1e-400"), json.Number("0.1000000000000000055"), json.Number("123456789012345678.5"), 5e-324}},
		{`[{"b":[1,{}],"":null},[]]`, []any{map[string]any{"b": []any{int64(1), map[string]any{}}, "": nil}, []any{}}},
		{`["\ud83d\ude00\ud800\ud83d\ude00"]`, []any{"😀\uFFFD😀"}},
		{"[\"a\xffb\tc\"]", []any{"a\uFFFDb\tc"}},
	}
	for _, test := range tests {
		got, err := DecodeValues([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestDecodeValuesRefuses(t *testing.T) {
	for _, text := range []string{``, ` `, `{}`, `"a"`, `1`, `[`, `[1`, `[1,]`, `[1 2]`, `[01]`, `[1.]`, `[-]`, `[NaN]`, `[nul]`, `["a]`, `["\x"]`, `[{"a" 1}]`, `[1] 2`, strings.Repeat("[", 20000)} {
		got, err := DecodeValues([]byte(text))
		var bad *ValueError
		if !errors.As(err, &bad) || got != nil {
			t.Errorf("%.20q: %v, %v", text, got, err)
		}
	}
}

// What is written is what is read: by this package, and by encoding/json.
func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(anyValue(3)).Draw(t, "values")
		text, err := AppendValues(nil, values)
		if err != nil {
			t.Fatal(err)
		}
		checkASCIILine(t, text)
		back, err := DecodeValues(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(values, back); diff != "" {
			t.Fatalf("%s (-written +read):\n%s", text, diff)
		}
		std, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if json.Unmarshal(std, &want) != nil || json.Unmarshal(text, &got) != nil || !cmp.Equal(want, got) {
			t.Fatalf("encoding/json reads %s as %v, what it wrote itself as %v", text, got, want)
		}
	})
}

// anyValue is any value in the types that DecodeValues gives.
func anyValue(depth int) *rapid.Generator[any] {
	gens := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.Int64().AsAny(),
		rapid.Float64().AsAny(),
		rapid.String().AsAny(),
		rapid.Map(rapid.Uint64Min(math.MaxInt64+1), func(n uint64) any { return json.Number(jsonText(n)) }),
	}
	if depth > 0 {
		inner := rapid.Deferred(func() *rapid.Generator[any] { return anyValue(depth - 1) })
		gens = append(gens, rapid.SliceOfN(inner, 0, 4).AsAny(), rapid.MapOfN(rapid.String(), inner, 0, 4).AsAny())
	}
	return rapid.OneOf(gens...)
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// A tuple that goes from one component to another through the host is the same values in the same text.
func TestTuplePassesThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tuple := rapid.SliceOf(anyValue(2)).Draw(t, "tuple")
		sent := jsonText(tuple)
		r := NewReader(strings.NewReader(`{"command":"emit","tuple":`+sent+"}\nend\n"), ReaderOptions{})
		var m Message
		if err := r.Next(&m); err != nil || m.Invalid != nil || m.Arity != len(tuple) {
			t.Fatalf("%s: %v, %v, %d values", sent, err, m.Invalid, m.Arity)
		}
		frame := AppendTuple(nil, 1, "c", "s", 1, m.Tuple)
		checkASCIILine(t, frame[:len(frame)-len(frameEnd)])
		var got struct{ Tuple []any }
		var want []any
		decode(t, string(frame[:len(frame)-len(frameEnd)]), &got)
		decode(t, sent, &want)
		if diff := cmp.Diff(want, got.Tuple); diff != "" {
			t.Fatalf("%s (-sent +written):\n%s", sent, diff)
		}
	})
}

func decode(t rapid.TB, text string, v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func checkASCIILine(t rapid.TB, text []byte) {
	for i, c := range text {
		if c < ' ' && c != '\t' || c >= 0x80 {
			t.Fatalf("byte %d of %q is not ASCII on one line", i, text)
		}
	}
}
