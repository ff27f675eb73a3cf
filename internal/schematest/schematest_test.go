package schematest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder is a test that notes its errors.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

type part struct {
	N int `json:"n"`
}

type document struct {
	Name  string          `json:"name"`
	Note  string          `json:"note,omitempty"`
	Parts []part          `json:"parts"`
	Named map[string]part `json:"named,omitempty"`
	When  time.Time       `json:"when,omitzero"`
	Inner func()          `json:"-"`
}

const good = `{"type":"object","required":["name","parts"],"properties":{"name":{"description":"d","type":"string"},"note":{"description":"d","enum":["a","b"]},
	"parts":{"description":"d","type":"array","items":{"$ref":"#/$defs/part"}},"when":{"description":"d","type":"string","format":"date-time"},
	"named":{"description":"d","type":"object","additionalProperties":{"$ref":"#/$defs/part"}}},
	"$defs":{"part":{"description":"d","type":"object","required":["n"],"properties":{"n":{"description":"d","type":"integer"}}}}}`

const bad = `{"type":"object","required":["note","parts"],"properties":{"name":{"type":"string"},"note":{"description":"d","type":"integer"},
	"parts":{"description":"d","type":"array","items":{"$ref":"#/$defs/part"}},"named":{"description":"d","type":"object","additionalProperties":{"$ref":"#/$defs/part"}},
	"extra":{"description":"d"}},
	"$defs":{"part":{"description":"d","type":"object","required":["n"],"properties":{"n":{"description":"d","type":"string"}}}}}`

func TestSameKeys(t *testing.T) {
	r := &recorder{TB: t}
	Compile(t, []byte(good)).SameKeys(r, document{})
	if len(r.errors) > 0 {
		t.Errorf("they are the same, but: %q", r.errors)
	}
	Compile(t, []byte(bad)).SameKeys(r, document{})
	want := []string{
		`document.name has no description`,
		`document.name: schematest.document always writes it: true, the schema requires it: false`,
		`document.note: schematest.document always writes it: false, the schema requires it: true`,
		`document.note: a string is "integer" in the schema, want "string"`,
		`document.parts[].n: a int is "string" in the schema, want "integer"`,
		`document.named.*.n: a int is "string" in the schema, want "integer"`,
		`document.when is in schematest.document, but not in the schema`,
		`document.extra is in the schema, but not in schematest.document`,
	}
	if diff := cmp.Diff(want, r.errors); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	s := Compile(t, []byte(good))
	for text, want := range map[string]bool{`{"name":"x","parts":[{"n":1}],"when":"2024-05-06T07:08:09Z"}`: true, `{"name":"x"}`: false,
		`{"name":"x","parts":[],"when":"today"}`: false, `{`: false} {
		if err := s.Check([]byte(text)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := s.CheckValue(document{Name: "x", Parts: []part{{1}}, Note: "a"}); err != nil {
		t.Error(err)
	}
	if err := s.CheckValue(func() {}); err == nil {
		t.Error("a function has no JSON, but no error came")
	}
}
