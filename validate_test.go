package gstorm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

// TestValidate runs the scripts in testdata/validate. "validate" reads its input, a topology description, and prints the
// problems that Validate finds, a line each, or "valid"; beyond_schema is for TestMistakesOfUsersFitTheSchema. The built-in
// components are those of someBuiltins.
func TestValidate(t *testing.T) {
	datadriven.Walk(t, "testdata/validate", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, validate)
	})
}

func validate(t *testing.T, d *datadriven.TestData) string {
	if d.Cmd != "validate" {
		d.Fatalf(t, "no such command: %s", d.Cmd)
	}
	topology, err := gstorm.ReadTopology(strings.NewReader(d.Input))
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	topology.SettleBuiltins(someBuiltins)
	problems := topology.Validate(someBuiltins)
	if len(problems) == 0 {
		return "valid"
	}
	return problems.Error()
}

// someBuiltins are the spout TestWordSpout, and the bolt pass, which emits what it gets and has one option, the number n.
func someBuiltins(kind gstorm.Kind, impl *gstorm.Implementation, inputs []gstorm.Fields) (gstorm.Outline, error) {
	switch {
	case kind == gstorm.SpoutKind && impl.Name == "TestWordSpout":
		return gstorm.Outline{Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"word"}}}}, nil
	case kind == gstorm.BoltKind && impl.Name == "pass":
		var err error
		if _, isNumber := impl.Options["n"].(json.Number); !isNumber {
			err = errors.Join(errors.New("n is no number"), errors.New("and wanted"))
		}
		fields := gstorm.Fields{}
		for _, input := range inputs {
			fields = input
		}
		return gstorm.Outline{Outputs: map[string]gstorm.Stream{"default": {Fields: fields}}, Config: gstorm.Config{"a": 1, "b": 2}}, err
	}
	return gstorm.Outline{}, fmt.Errorf("there is no built-in %s %q", kind, impl.Name)
}

func TestSettledBuiltinsKeepWhatTheTopologySays(t *testing.T) {
	pass := gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: "pass", Options: map[string]any{"n": json.Number("1")}}
	topology := gstorm.Topology{Name: "x", Components: []gstorm.Component{
		{ID: "late", Kind: gstorm.BoltKind, Implementation: pass, Inputs: []gstorm.Input{{From: "early"}}, Config: gstorm.Config{"a": 7}},
		{ID: "early", Kind: gstorm.BoltKind, Implementation: pass, Inputs: []gstorm.Input{{From: "words"}}},
		{ID: "renamed", Kind: gstorm.BoltKind, Implementation: pass, Inputs: []gstorm.Input{{From: "words"}},
			Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"text"}}}},
		{ID: "words", Kind: gstorm.SpoutKind, Implementation: gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: "TestWordSpout"}},
	}}
	topology.SettleBuiltins(someBuiltins)
	for id, want := range map[string]string{"late": "word", "early": "word", "renamed": "text"} {
		if got := topology.Component(id).Outputs["default"].Fields.String(); got != want {
			t.Errorf("%s emits %s, want %s", id, got, want)
		}
	}
	if diff := cmp.Diff(gstorm.Config{"a": 7, "b": 2}, topology.Component("late").Config); diff != "" {
		t.Error(diff)
	}
}

func TestValidateWithoutBuiltins(t *testing.T) {
	topology := gstorm.Topology{Name: "x", Components: []gstorm.Component{{ID: "words", Kind: gstorm.SpoutKind, Parallelism: 1,
		Implementation: gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: "TestWordSpout"}}}}
	want := `error: spout "words": there is no built-in spout "TestWordSpout"`
	if diff := cmp.Diff(want, topology.Validate(nil).Error()); diff != "" {
		t.Error(diff)
	}
}

// TestValidateLeavesTheTopologyAlone: it may be called any number of times, and says the same each time.
func TestValidateLeavesTheTopologyAlone(t *testing.T) {
	topology := gstorm.Topology{Problems: gstorm.Problems{{Severity: gstorm.Warning, Message: "from the front end"}}}
	first := topology.Validate(nil)
	if len(topology.Problems) != 1 {
		t.Errorf("the topology has the problems %v now", topology.Problems)
	}
	if diff := cmp.Diff(first, topology.Validate(nil)); diff != "" {
		t.Error(diff)
	}
}
