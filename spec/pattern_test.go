package spec

import (
	"fmt"
	"testing"
)

func TestMatch(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		pattern, frame string
		want           bool
	}{
		{`{"a":1}`, `{"b":2,"a":1}`, true},
		{`{"a":1}`, `{"a":1.0}`, false},
		{`{"a":1}`, `{"a":"1"}`, false},
		{`{"a":1}`, `[1]`, false},
		{`{"a":{}}`, `{"a":{"b":null}}`, true},
		{`{"a":"$absent"}`, `{"b":1}`, true},
		{`{"a":"$absent"}`, `{"a":null}`, false},
		{`{"a":null}`, `{"a":null}`, true},
		{`{"a":null}`, `{}`, false},
		{`["$any","$int"]`, `[null,-3]`, true},
		{`["$int"]`, `[1.5]`, false},
		{`["$int"]`, `["1"]`, false},
		{`["$string"]`, `[""]`, true},
		{`["$object"]`, `[[]]`, false},
		{`["$~b"]`, `["abc"]`, true},
		{`["$~b"]`, `["ac"]`, false},
		{`["$~1"]`, `[1]`, false},
		{`[]`, `[1]`, false},
		{`"$dir"`, fmt.Sprintf("%q", dir), true},
		{`"$dir"`, fmt.Sprintf("%q", dir+"/none"), false},
		{`{"x":["$=b",${a}]}`, `{"x":[1,7]}`, true},
		{`[${a}]`, `[7]`, true},
		{`1`, `1 2`, false},
		{`1`, ``, false},
	}
	for _, test := range tests {
		err := match(test.pattern, []byte(test.frame), values{"a": "7"})
		if (err == nil) != test.want {
			t.Errorf("%s matches %s: %v", test.pattern, test.frame, err)
		}
	}
}

// TestMatchSavesOnlyWhatMatched keeps a frame that was passed over from changing what later steps refer to.
func TestMatchSavesOnlyWhatMatched(t *testing.T) {
	v := values{}
	if match(`{"id":"$=id","x":1}`, []byte(`{"id":"a","x":2}`), v) == nil || len(v) != 0 {
		t.Errorf("saved %v", v)
	}
	if err := match(`{"id":"$=id","x":1}`, []byte(`{"id":"a","x":1}`), v); err != nil || v["id"] != `"a"` {
		t.Errorf("saved %v, %v", v, err)
	}
}

func TestOutcome(t *testing.T) {
	one := uint64(1)
	full := &Outcome{
		Acked: &one, Failed: &one, Sink: []string{`["a"]`}, Told: []string{"fail 2", "ack 1"}, Log: []string{"warn: odd"},
		Errors: []string{"boom"}, Restarts: 1,
	}
	good := func() *Observed {
		return &Observed{Acked: 1, Failed: 1, Sink: []string{`["a"]`}, Told: []string{"ack 1", "fail 2"}, Restarts: 1,
			Log: []string{"info: x", "warn: something odd"}, Errors: []string{"it went boom"}}
	}
	if err := full.Check(good()); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Observed){
		"acked":    func(o *Observed) { o.Acked = 2 },
		"failed":   func(o *Observed) { o.Failed = 0 },
		"sink":     func(o *Observed) { o.Sink = append(o.Sink, "[]") },
		"told":     func(o *Observed) { o.Told = o.Told[:1] },
		"log":      func(o *Observed) { o.Log[1] = "error: something odd" },
		"errors":   func(o *Observed) { o.Errors = nil },
		"which":    func(o *Observed) { o.Errors[0] = "bang" },
		"restarts": func(o *Observed) { o.Restarts = 0 },
	} {
		o := good()
		spoil(o)
		if full.Check(o) == nil {
			t.Errorf("%s: nothing was found", name)
		}
	}
}
