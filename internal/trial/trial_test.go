package trial_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/trial"
)

func TestFirstLineNamesTheFieldsAndIsReadAgain(t *testing.T) {
	for text, want := range map[string]gstorm.Fields{
		"":                                     {},
		"\n \n":                                {},
		`["a", [1, 2]]`:                        {"value1", "value2"},
		"\n{\"b\": {\"x\": 1}, \"a\": 2}\n[3]": {"b", "a"},
		"[]\n":                                 {},
		"{}":                                   {},
	} {
		fields, rest, err := trial.FirstLine(strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, fields); diff != "" {
			t.Errorf("fields of %q (-want +got):\n%s", text, diff)
		}
		if again, err := io.ReadAll(rest); err != nil || string(again) != text {
			t.Errorf("rest of %q is %q, %v", text, again, err)
		}
	}
	for _, text := range []string{"a b", "3", `{"a"`, "null"} {
		if _, _, err := trial.FirstLine(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "the first line is no tuple: ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMocksThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                     "read mocks: json: cannot unmarshal array",
		`{"a": 3}`:               `read mocks of spout "a": json: cannot unmarshal number`,
		`{"a": [3]}`:             `read mocks of spout "a": tuple 1: `,
		`{"a": {"x": [[1], 2]}}`: `read mocks of spout "a": stream "x": tuple 2: `,
		`{"a": {"x": 1}}`:        `read mocks of spout "a": stream "x": `,
		``:                       "read mocks: EOF",
	} {
		if _, err := trial.ReadMocks(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestMocksLeaveTheTopologyAsItIs(t *testing.T) {
	topology := &gstorm.Topology{Components: []gstorm.Component{
		{ID: "a", Kind: gstorm.SpoutKind, Parallelism: 3, Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"x"}}}},
	}}
	mocks, err := trial.ReadMocks(strings.NewReader(`{"a": [[1]]}`))
	if err != nil {
		t.Fatal(err)
	}
	mocked, err := mocks.Apply(topology)
	if err != nil {
		t.Fatal(err)
	}
	if a := mocked.Component("a"); a.Implementation.NewSpout == nil || a.TaskCount() != 1 {
		t.Errorf("mocked: %+v", a)
	}
	if a := topology.Component("a"); a.Implementation.NewSpout != nil || a.TaskCount() != 3 {
		t.Errorf("the original: %+v", a)
	}
}

func TestInputFieldsAreThoseOfAllInputs(t *testing.T) {
	topology := &gstorm.Topology{Components: []gstorm.Component{
		{ID: "a", Kind: gstorm.SpoutKind, Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"x"}}, "more": {Fields: gstorm.Fields{"x", "y"}}}},
		{ID: "one", Inputs: []gstorm.Input{{From: "a"}, {From: "a", Stream: "default"}}},
		{ID: "two", Inputs: []gstorm.Input{{From: "a"}, {From: "a", Stream: "more"}}},
		{ID: "three", Inputs: []gstorm.Input{{From: "b"}}},
	}}
	for id, want := range map[string]gstorm.Fields{"one": {"x"}, "two": nil, "three": nil, "none": nil} {
		fields, ok := trial.InputFields(topology, id)
		if ok != (want != nil) || ok && !cmp.Equal(fields, want) {
			t.Errorf("%s: %v, %v", id, fields, ok)
		}
	}
}
