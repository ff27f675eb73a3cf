package terminal

import (
	"bytes"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

// TestTraces: a list, and a trace of two nodes in which a tuple has failed and another was not answered. What components have said
// can't change the terminal.
func TestTraces(t *testing.T) {
	began := time.Date(2024, 5, 6, 9, 12, 1, 0, time.Local)
	failed := traces.Trace{
		Summary: traces.Summary{
			Root: "3-17", Component: "lines", Task: 3, Stream: "default", Message: `"7"`, Began: began, MS: 50, Outcome: "failed", Cause: "count: task 5 pid 55: bad\x1b[31m", Components: []string{"split", "count"},
			Dropped: 2,
		},
		Values: []traces.Value{{Name: "line", Value: `"a b"`}, {Name: "page", Value: `"<html`, Bytes: 10_000}}, ClocksMS: 12,
		Spans: []traces.Span{
			{ID: "a", Stream: "default", Component: "split", Task: 4, Node: "node1", Emitted: ms(0.01), Handed: ms(5), Began: ms(12), Answered: ms(20), Outcome: "acked"},
			{ID: "b", Parents: []string{"a"}, Stream: "default", Component: "count", Task: 5, Node: "node2", Emitted: ms(15), Handed: ms(20), Began: ms(20), Answered: ms(48), Outcome: "failed", Cause: "count: task 5 pid 55: bad\x1b[31m"},
			{ID: "d", Stream: "late", Component: "audit", Task: 1, Node: "node1", Emitted: ms(16), Handed: ms(17)},
			{ID: "c", Parents: []string{"a", "x"}, Stream: "default", Component: "count", Task: 6, Emitted: ms(17)},
		},
	}
	list := &ui.Traces{Rate: 2, Sampled: 9, Traces: []traces.Listed{{Summary: failed.Summary, Spans: 4}, {Summary: traces.Summary{Root: "3-9", Component: "lines", Began: began, MS: 1234.5, Outcome: "timed_out"}}}}
	var b bytes.Buffer
	for _, write := range []func() error{
		func() error { return WriteTraces(&b, list) },
		func() error { return WriteTraces(&b, &ui.Traces{Rate: 1}) },
		func() error { return WriteTraces(&b, &ui.Traces{}) },
		func() error { return WriteTrace(&b, &failed) },
		func() error {
			return WriteTrace(&b, &traces.Trace{Summary: traces.Summary{Root: "1-1", Component: "s", Began: began, Outcome: "pending"}})
		},
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	golden(t, "traces", b.String())
}
