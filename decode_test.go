package gstorm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScalars(t *testing.T) {
	for text, want := range map[string]Values{
		`[]`:                         {},
		`["to be"]`:                  {"to be"},
		`["a",-1.50e+3,0,true,null]`: {"a", json.Number("-1.50e+3"), json.Number("0"), true, nil},
		`[false,"",12]`:              {false, "", json.Number("12")},
	} {
		got, ok := scalars(text, 2)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: ok %v %s", text, ok, diff)
		}
	}
}

// FuzzDecodeValues: whichever way a text is read, it is what encoding/json makes of it.
func FuzzDecodeValues(f *testing.F) {
	for _, text := range []string{``, `[`, `[]`, `[1]`, `["a","b"]`, `[-]`, `[01]`, `[1.]`, `[1e]`, `[1,]`, `[,]`, `["a]`, `["\u00e9"]`, `["é"]`,
		`[tru]`, `[null]`, `[nullx]`, `[{"a":1}]`, `[[]]`, ` [1]`, `[1 ]`, `[1]2]`, `["a"b"]`, `[0.5E-7,"x"]`, "[\"\x00\"]", `null`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want Values
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		wantErr := d.Decode(&want)
		got, err := decodeValues(text, 1)
		if (err == nil) != (wantErr == nil && want != nil) {
			t.Fatalf("%q: error %v, encoding/json says %v", text, err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("%q (-encoding/json +gstorm):\n%s", text, diff)
		}
		for i := range 3 {
			if s := plainString([]byte(text), i); s != nil && err == nil && got[i] != string(s) {
				t.Errorf("%q: value %d is %q, or %q by itself", text, i, got[i], s)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	source := &Source{Component: "split", Fields: Fields{"word"}}
	text := []byte(`["harbour"]`)
	b.ReportAllocs()
	for b.Loop() {
		t := Tuple{Source: source, JSON: text}
		if _, err := t.String("word"); err != nil {
			b.Fatal(err)
		}
	}
}
