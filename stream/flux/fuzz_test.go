package flux_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/stream/flux"
)

// FuzzLoad: whatever is read is a topology that can be checked and written as JSON, or problems of which one is an error.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", "name: t", "{", "- a", "a: *b", "a: &a [*a]", "<<: [{name: t}]", "${a}\n${ENV-B}: ${c[0]}", "? [a]\n: b", "a: !!str 1", "a: .inf", "a: |\n  b\n",
		"name: t\ntopologySource: {className: X}",
		"name: t\nincludes:\n  - {file: t.yaml, override: true, resource: true}",
		"name: t\ncomponents:\n  - {id: f, className: org.apache.storm.tuple.Fields, constructorArgs: [{ref: f}]}\n" +
			"spouts:\n  - {id: s, className: FluxShellSpout, constructorArgs: [[cat], {ref: f}], configMethods: [{name: setEnv, args: [{A: 1}]}]}\n" +
			"bolts:\n  - {id: b, className: LogInfoBolt, parallelism: 2, numTasks: 4, config: {a: [1, {b: ~}]}}\n" +
			"streams:\n  - {from: s, to: b, grouping: {type: CUSTOM, customClass: {className: PartialKeyGrouping}}}",
		"name: t\nspouts: [{id: s, className: com.acme.X}]\nbolts: [{id: s}]\nstreams: [{from: s, to: s, grouping: {type: DIRECT, streamId: x, args: [y]}}]",
	} {
		f.Add(seed, "a=b\nc=[1\\n]")
	}
	f.Fuzz(func(t *testing.T, yaml, filter string) {
		properties, err := flux.ParseProperties(filter)
		if err != nil {
			properties = nil
		}
		w := world{files: map[string]string{"t.yaml": yaml}, properties: properties, environment: map[string]string{"B": "x: y"}}
		topology, err := w.loader().Load("t.yaml")
		if err != nil {
			var problems gstorm.Problems
			if !errors.As(err, &problems) || len(problems.Errors()) == 0 {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		topology.Validate(nil)
		if _, err := json.Marshal(topology); err != nil {
			t.Fatal(err)
		}
	})
}
