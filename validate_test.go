package gstorm_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

// TestValidate runs the scripts in testdata/validate. "validate" reads its input, a topology description, and prints the
// problems that Validate finds, a line each, or "valid"; beyond_schema is for TestMistakesOfUsersFitTheSchema. There is one
// built-in component, the spout TestWordSpout.
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
	problems := topology.Validate(func(kind gstorm.Kind, name string) bool {
		return kind == gstorm.SpoutKind && name == "TestWordSpout"
	})
	if len(problems) == 0 {
		return "valid"
	}
	return problems.Error()
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
