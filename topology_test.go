package gstorm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

const description = `{"gstorm":1,"name":"t","language":"ruby","file":"t.rb","class":"T","classes":["S","T"],"status":"inactive","driver":true,` +
	`"config":{"big":18446744073709551617},"components":[{"id":"a","kind":"spout","class":"A","run":{"type":"shell","command":["a"],"dir":"b"},` +
	`"parallelism":2,"tasks":4,"config":{"k":null},"outputs":{"d":{"fields":["y"],"direct":true},"default":{"fields":["x"]}},"at":{"file":"t.rb","line":3}},` +
	`{"id":"b","kind":"bolt","run":{"type":"builtin","name":"B"},"parallelism":1,"inputs":[{"from":"a","stream":"default","grouping":"fields","fields":["x"],` +
	`"at":{"file":"t.rb","line":5}}]}],"problems":[{"severity":"warning","message":"m","hint":"h","at":{"file":"t.rb"}}]}`

func TestReadTopologyKeepsEverything(t *testing.T) {
	topology, err := gstorm.ReadTopology(strings.NewReader(description))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(topology)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(description, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestReadTopologyRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                          "read topology description",
		`no JSON`:                   "read topology description",
		`{"gstorm":1,"name":[]}`:    "read topology description",
		`{"name":"t"}`:              "version 0",
		`{"gstorm":2,"name":"t"}`:   "version 2",
		`{"gstorm":"1","name":"t"}`: "read topology description",
	} {
		if topology, err := gstorm.ReadTopology(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want an error with %q", text, topology, err, want)
		}
	}
}

// FuzzReadTopology: whatever is read can be checked without a panic, and written and read again without loss.
func FuzzReadTopology(f *testing.F) {
	f.Add([]byte(description))
	f.Add([]byte(`{"gstorm":1,"components":[{"id":"a","inputs":[{"from":"a"},{}]},{"id":"a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		topology, err := gstorm.ReadTopology(bytes.NewReader(text))
		if err != nil {
			return
		}
		problems := topology.Validate(nil)
		written, err := json.Marshal(topology)
		if err != nil {
			t.Fatal(err)
		}
		again, err := gstorm.ReadTopology(bytes.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(problems.Error(), again.Validate(nil).Error()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPosition(t *testing.T) {
	for want, p := range map[string]gstorm.Position{"": {Line: 3}, "a.rb": {File: "a.rb"}, "a.rb:3": {File: "a.rb", Line: 3}} {
		if got := p.String(); got != want {
			t.Errorf("%#v is %q", p, got)
		}
	}
}

func TestProblems(t *testing.T) {
	a := gstorm.Problem{Severity: gstorm.Error, Message: "no spout", At: gstorm.Position{File: "a.rb", Line: 2}}
	b := gstorm.Problem{Severity: gstorm.Warning, Message: "odd", Hint: "try even"}
	all := gstorm.Problems{a, b}
	if diff := cmp.Diff(gstorm.Problems{a}, all.Errors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(gstorm.Problems{b}, all.Warnings()); diff != "" {
		t.Error(diff)
	}
	var found gstorm.Problems
	if !errors.As(error(all), &found) || len(found) != 2 {
		t.Errorf("as an error: %v", found)
	}
	if diff := cmp.Diff("a.rb:2: error: no spout\nwarning: odd (try even)", all.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestGroupings(t *testing.T) {
	for _, g := range []gstorm.Grouping{gstorm.Shuffle, gstorm.FieldsGrouping, gstorm.PartialKey, gstorm.All, gstorm.Global, gstorm.None, gstorm.Direct, gstorm.LocalOrShuffle} {
		if !g.Known() {
			t.Errorf("%s is unknown", g)
		}
		if want := g == gstorm.FieldsGrouping || g == gstorm.PartialKey; g.TakesFields() != want {
			t.Errorf("%s takes fields: %v", g, !want)
		}
	}
	for _, g := range []gstorm.Grouping{"", "Shuffle", "localOrShuffle"} {
		if g.Known() {
			t.Errorf("%q is known", g)
		}
	}
}
