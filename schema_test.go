package gstorm_test

import (
	"encoding/json"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/schematest"
	"github.com/gstorm/gstorm/spec"
)

func TestTopologySchemaHasTheKeysOfTopology(t *testing.T) {
	schematest.Compile(t, spec.TopologySchema()).SameKeys(t, gstorm.Topology{})
}

func TestDescriptionsFitTheSchema(t *testing.T) {
	schema := schematest.Compile(t, spec.TopologySchema())
	if err := schema.Check([]byte(description)); err != nil {
		t.Error(err)
	}
	b := gstorm.NewBuilder("t")
	b.ShellSpout("s", "cat").Output("bare").Set("k", nil)
	b.Bolt("b", nil).DirectOutput("d", "x").From("s", "bare", gstorm.All).From("s", "x", "no such grouping", "y")
	for name, topology := range map[string]*gstorm.Topology{"built": b.Topology(), "empty": gstorm.NewBuilder("").Topology()} {
		if err := schema.CheckValue(topology); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMistakesOfUsersFitTheSchema: all that the scripts of TestValidate describe fits the schema, or its problems could
// not be told; all but what no front end could write, which they call "validate beyond_schema".
func TestMistakesOfUsersFitTheSchema(t *testing.T) {
	schema := schematest.Compile(t, spec.TopologySchema())
	datadriven.Walk(t, "testdata/validate", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if err := schema.Check([]byte(d.Input)); (err != nil) != d.HasArg("beyond_schema") {
				d.Fatalf(t, "the schema says: %v", err)
			}
			return d.Expected
		})
	})
}

func TestTopologySchemaRefuses(t *testing.T) {
	schema := schematest.Compile(t, spec.TopologySchema())
	for _, change := range []func(topology, component map[string]any){
		func(topology, _ map[string]any) { delete(topology, "gstorm") },
		func(topology, _ map[string]any) { topology["gstorm"] = 2 },
		func(topology, _ map[string]any) { delete(topology, "name") },
		func(topology, _ map[string]any) { topology["nmae"] = "t" },
		func(topology, _ map[string]any) { topology["driver"] = "yes" },
		func(topology, _ map[string]any) { topology["components"] = nil },
		func(topology, _ map[string]any) { topology["config"] = []any{} },
		func(topology, _ map[string]any) { topology["problems"] = []any{"text"} },
		func(topology, _ map[string]any) {
			topology["problems"] = []any{map[string]any{"severity": "bad", "message": "m"}}
		},
		func(_, component map[string]any) { delete(component, "id") },
		func(_, component map[string]any) { component["kind"] = "sink" },
		func(_, component map[string]any) { component["parallelism"] = "2" },
		func(_, component map[string]any) { component["parallelism"] = 1.5 },
		func(_, component map[string]any) { component["run"] = map[string]any{"type": "java"} },
		func(_, component map[string]any) {
			component["run"] = map[string]any{"type": "shell", "command": "cat"}
		},
		func(_, component map[string]any) { component["outputs"] = map[string]any{"default": []any{"x"}} },
		func(_, component map[string]any) {
			component["outputs"] = map[string]any{"default": map[string]any{"fields": nil}}
		},
		func(_, component map[string]any) { component["inputs"] = []any{map[string]any{"from": "a"}} },
		func(_, component map[string]any) { component["at"] = map[string]any{"file": "t.rb", "line": 0} },
	} {
		var topology map[string]any
		if err := json.Unmarshal([]byte(description), &topology); err != nil {
			t.Fatal(err)
		}
		change(topology, topology["components"].([]any)[0].(map[string]any))
		if err := schema.CheckValue(topology); err == nil {
			text, _ := json.Marshal(topology)
			t.Errorf("accepted: %s", text)
		}
	}
}
