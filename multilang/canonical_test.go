package multilang

import (
	"errors"
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ raw, want string }{
		{` {"a" : [1.0, 1e400]} `, `{"a" : [1.0, 1e400]}`}, // fine as it is
		{"[1,\n 2,\r\n\t3 ]", `[1,2,3]`},
		{`"é😀"`, `"\u00e9\ud83d\ude00"`},
		{`"\u00E9\/\b\f\n\r\t\"\\"`, `"\u00E9\/\b\f\n\r\t\"\\"`},
		{`["é", "\ud83d\ude00", "\ud83d", "\u0041"]`, `["\u00e9","\ud83d\ude00","\ufffd","\u0041"]`},
		{"\"a\xff\x01\n\"", `"a\ufffd\u0001\n"`},
		{"\n-12.5e-7", `-12.5e-7`},
		{`true`, `true`},
	}
	for _, test := range tests {
		got, err := Canonical([]byte("x"), []byte(test.raw))
		if err != nil || string(got) != "x"+test.want {
			t.Errorf("%q: %s, %v; want x%s", test.raw, got, err, test.want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	tests := []struct{ raw, want string }{
		{``, `value: the text ends where a value is expected`},
		{`[1}`, `value: "}": a comma or a closing bracket is expected`},
		{`{"a":[0,{"b":NaN}]}`, `value at .a[1].b: "NaN": JSON has no such number`},
		{`[[],+1]`, `value at [1]: "+1": not written as JSON`},
		{`["\ud8zz"]`, `value at [0]: "\\u": JSON has no such escape`},
		{`{"a b":{"\"":1.e5}}`, `value at ["a b"]["\\\""]: "1.e5": not written as JSON`},
		{`"a\`, `value: "\"a\\": the text ends inside a string`},
		{`1 1`, `value: "1": the text goes on after the value`},
		{strings.Repeat("[", 1001) + strings.Repeat("]", 1001), `value at ` + strings.Repeat("[0]", 1000) + `: nested deeper than 1000`},
		{`[` + strings.Repeat(`{"a":[`, 20000), `value: the text ends inside an array or object`},
	}
	for _, test := range tests {
		got, err := Canonical([]byte("kept"), []byte(test.raw))
		var bad *ValueError
		if !errors.As(err, &bad) || err.Error() != test.want {
			t.Errorf("%.40q: error %v, want %s", test.raw, err, test.want)
		}
		if string(got) != "kept" {
			t.Errorf("%.40q: dst is %q", test.raw, got)
		}
	}
}

// What is nested too deep fails its tuple, and the rest of the message is read.
func TestDeepTupleKeepsItsMessage(t *testing.T) {
	deep := strings.Repeat(`[{"a]":"}"},`, 5000) + "1" + strings.Repeat("]", 5000)
	r := NewReader(strings.NewReader(`{"command":"emit","tuple":["x",`+deep+`],"id":5}`+"\nend\n"), ReaderOptions{})
	var m Message
	if err := r.Next(&m); err != nil {
		t.Fatal(err)
	}
	if string(m.ID) != "5" || m.Tuple != nil || m.Invalid == nil || m.Invalid.Field != 1 {
		t.Errorf("id %s, tuple %.20s, invalid %+v", m.ID, m.Tuple, m.Invalid)
	}
}
