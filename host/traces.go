package host

import (
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/host/tap"
	"github.com/gstorm/gstorm/host/trace"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// longestMessage is how much of a message's id a trace shows, in bytes.
const longestMessage = 1 << 10

// TakeTraces returns what was recorded of traced trees since the last call. Without Options.Traces it is nothing.
func (w *Worker) TakeTraces() []stats.TraceEvent { return w.traces.Take(time.Now()) }

// emitTraces records what a task emits of traced trees. One goroutine at a time uses it, that of its emitter.
type emitTraces struct {
	recorder *trace.Recorder
	plan     *plan.Plan
	parents  []acker.Edge // the traced edges of what the tuple that is emitted next is anchored to
}

func (e *emitTraces) emitted(t *gstorm.Tuple, targets []route.Target, lineages []acker.Lineage) {
	now := time.Now()
	for i, target := range targets {
		e.recorder.Emitted(now, &lineages[i], e.parents, t.Source, e.plan.Tasks[target.Task-1].Component, target.Task)
	}
	e.parents = e.parents[:0]
}

// appendTraced appends those edges of a lineage that are of traced trees.
func appendTraced(dst []acker.Edge, l *acker.Lineage) []acker.Edge {
	for e := range l.Edges() {
		if e.Root.Traced() {
			dst = append(dst, e)
		}
	}
	return dst
}

// traceHeld notes that what is emitted next is anchored to held tuples, if it is of a traced tree.
func (s *nativeSink) traceHeld(held ...uint64) {
	if len(s.out.lineages) > 0 && s.out.lineages[0].Traced() {
		s.out.traces.parents = s.flights.edges(held, s.out.traces.parents)
	}
}

// traceHanded records that a tuple of a traced tree is handed to the task's component.
func (t *task) traceHanded(at time.Time, l *acker.Lineage, pid int) {
	t.worker.traces.Handed(at, l, t.component.ID, t.id, pid)
}

// traceBegun records that a tree was opened, if it is traced.
func (t *task) traceBegun(m *message, tuple *gstorm.Tuple, lineages []acker.Lineage) {
	if t.worker.traces == nil || len(lineages) == 0 || !lineages[0].Traced() {
		return
	}
	b := stats.TraceBegun{Component: tuple.Source.Component, Task: t.id, Stream: tuple.Source.Stream, Message: messageText(m)}
	shown := gstorm.Tuple{Source: tuple.Source, JSON: tuple.JSON, Packed: tuple.Packed}
	if shown.JSON == nil && shown.Packed == nil {
		shown.JSON = tap.Text(tuple.Values)
	}
	var err error
	if b.Values, b.More, err = tap.Show(&shown, tuple.Source.Fields); err != nil {
		b.Values = []stats.TapValue{}
	}
	for e := range lineages[0].Edges() {
		t.worker.traces.Begun(time.Now(), e.Root, b)
	}
}

func messageText(m *message) string {
	text := m.raw
	if text == nil {
		text = tap.Text(gstorm.Values{m.value})
		text = text[1 : len(text)-1]
	}
	return trace.Beginning(string(text), longestMessage)
}

// traceEnded records how a traced tree has ended.
func (t *task) traceEnded(o *acker.Outcome[message]) {
	ended := stats.TraceEnded{Outcome: stats.TraceAcked, Micros: o.Age}
	switch o.Kind {
	case acker.Failed:
		ended.Outcome, ended.Cause = stats.TraceFailed, trace.CauseText(o.Cause)
	case acker.TimedOut:
		ended.Outcome = stats.TraceTimedOut
	}
	t.worker.traces.Ended(time.Now(), o.Root, ended)
}
