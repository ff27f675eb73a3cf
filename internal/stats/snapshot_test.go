package stats_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/schematest"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/spec"
)

func snapshot() stats.Snapshot {
	started := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)
	return stats.Snapshot{
		Topology: "word_count", State: stats.Finished, Reason: "every spout finished", Started: started, Seconds: 1.5,
		Trees: stats.Trees{Emitted: 10, Acked: 7, Failed: 1, TimedOut: 1, Pending: 1},
		Components: []stats.Component{{ID: "lines", Kind: "spout", Tasks: 1, Emitted: 10, Transferred: 10, Acked: 7, Failed: 2, InFlight: 1,
			Latency: stats.Latency{Count: 9, Mean: 1.25, P50: 1, P99: 3.5, Max: 4}}},
		Tasks: []stats.Task{{ID: 3, Component: "lines", Kind: "spout", Worker: 1, Node: "n1", PID: 4711, State: stats.Running, Since: started,
			Emitted: 10, Transferred: 10, Acked: 7, Failed: 2, InFlight: 1, Busy: 0.5, CPU: 0.25, Memory: 1 << 20}},
		Streams: []stats.Stream{{Component: "lines", Stream: "default", Emitted: 10, Transferred: 10}},
		Edges:   []stats.Edge{{Component: "count", Source: "lines", Stream: "default", Executed: 10, Acked: 9, Failed: 1}},
		Errors: []stats.ComponentError{{Component: "lines", Task: 3, PID: 4711, Time: started, Message: "boom\n  at x.rb:3", File: "x.rb", Line: 3, Tuple: "77", Count: 2},
			{Component: "lines", Task: 3, Time: started, Message: "boom", Count: 1}},
		Metrics: []stats.Metric{{Component: "lines", Task: 3, Name: "read", Value: json.RawMessage(`{"bytes": 12}`)}},
	}
}

func TestSummarySchemaHasTheKeysOfSnapshot(t *testing.T) {
	schematest.Compile(t, spec.SummarySchema()).SameKeys(t, stats.Snapshot{})
}

func TestSnapshotsFitTheSchema(t *testing.T) {
	schema := schematest.Compile(t, spec.SummarySchema())
	if err := schema.CheckValue(snapshot()); err != nil {
		t.Error(err)
	}
	for _, state := range []string{stats.Starting, stats.Running, stats.Draining, stats.Finished, stats.Stopped, stats.Failed} {
		s := stats.Snapshot{State: state, Components: []stats.Component{}, Tasks: []stats.Task{}, Streams: []stats.Stream{}, Edges: []stats.Edge{}}
		if err := schema.CheckValue(s); err != nil {
			t.Errorf("an empty snapshot that is %s: %v", state, err)
		}
	}
}

func TestSummarySchemaRefuses(t *testing.T) {
	schema := schematest.Compile(t, spec.SummarySchema())
	for _, change := range []func(s, component, failure map[string]any){
		func(s, _, _ map[string]any) { delete(s, "trees") },
		func(s, _, _ map[string]any) { s["state"] = "happy" },
		func(s, _, _ map[string]any) { s["seconds"] = -1 },
		func(s, _, _ map[string]any) { s["started"] = "yesterday" },
		func(s, _, _ map[string]any) { s["components"] = nil },
		func(s, _, _ map[string]any) { delete(s, "tasks") },
		func(s, _, _ map[string]any) { s["tasks"].([]any)[0].(map[string]any)["state"] = "finished" },
		func(s, _, _ map[string]any) { delete(s["streams"].([]any)[0].(map[string]any), "stream") },
		func(s, _, _ map[string]any) { s["edges"].([]any)[0].(map[string]any)["executed"] = -1 },
		func(s, _, _ map[string]any) { s["trees"].(map[string]any)["late"] = 1.5 },
		func(_, component, _ map[string]any) { component["kind"] = "sink" },
		func(_, component, _ map[string]any) { component["emitted"] = -1 },
		func(_, component, _ map[string]any) { delete(component, "latency_ms") },
		func(_, component, _ map[string]any) { delete(component["latency_ms"].(map[string]any), "p99") },
		func(_, _, failure map[string]any) { failure["task"] = "3" },
		func(_, _, failure map[string]any) { delete(failure, "message") },
	} {
		text, err := json.Marshal(snapshot())
		if err != nil {
			t.Fatal(err)
		}
		var s map[string]any
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		change(s, s["components"].([]any)[0].(map[string]any), s["errors"].([]any)[0].(map[string]any))
		if err := schema.CheckValue(s); err == nil {
			text, _ := json.Marshal(s)
			t.Errorf("accepted: %s", text)
		}
	}
}
