package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/retry"
	"github.com/gstorm/gstorm/internal/stats"
)

// failures are the messages of one spout task that have failed. The spout's loop notes them, anybody may look.
type failures struct {
	mu  sync.Mutex // guards log
	log *retry.Log[failed]
}

// failed is what is kept of a message that has failed.
type failed struct {
	message string         // for people
	source  *gstorm.Source // nil: there is no such stream
	kept    *kept          // nil: the values are not known
}

func newFailures() failures { return failures{log: retry.NewLog[failed](stats.KeptFailures)} }

// note notes the end of a tree that was not acked.
func (f *failures) note(key string, o *acker.Outcome[message], now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log.Fail(key, now, o.Kind, o.Cause, failed{message: o.Owner.text(), source: o.Owner.source, kept: o.Owner.kept})
}

// died notes that a message is on the dead-letter list.
func (f *failures) died(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log.Died(key)
}

// key is what a message is told apart from others by.
func (m *message) key() string {
	if m.raw != nil {
		return retry.Key("", m.raw)
	}
	return retry.Key("go ", fmt.Appendf(nil, "%T %#v", m.value, m.value)) // it need be nothing that a map can have as its key
}

// text is a message's id as JSON, or the beginning of that.
func (m *message) text() string {
	text := m.raw
	if text == nil {
		var err error
		if text, err = json.Marshal(m.value); err != nil {
			text, _ = json.Marshal(fmt.Sprint(m.value)) // a text has a form
		}
	}
	return stats.Beginning(text, stats.MostOfValue)
}

// settle notes ends of trees before the spout is told of them. A message that has failed for the last time is acked to the spout,
// as its tuple is on the dead-letter list by then.
func (l *spoutLoop) settle(ends []acker.Outcome[message]) {
	now := time.Now()
	for i := range ends {
		o := &ends[i]
		l.note(o)
		switch {
		case o.Owner.replay():
			l.retries.replayed(o, now)
		case o.Kind != acker.Acked && l.concerns(o):
			key := l.retries.failed(o, now, l.exited && !l.crashed)
			l.failures.note(key, o, now)
		}
	}
	for _, d := range l.retries.bury() {
		d.end.Kind = acker.Acked
		l.failures.died(d.strike.Key)
	}
	if l.exited {
		for i := range ends {
			if o := &ends[i]; o.Kind != acker.Acked && l.concerns(o) && !o.Owner.replay() {
				l.lost++
			}
		}
	}
}

// concerns reports whether an end has to do with the tuple. What fails because its spout's process died has not: nobody is told
// of it, and the next process emits what it wants to.
func (l *spoutLoop) concerns(o *acker.Outcome[message]) bool { return o.Owner.life == l.life }

// Failures are the messages of spout tasks of this worker that have failed, as many as are wanted at most, the newest first.
func (w *Worker) Failures(most int) stats.Failures {
	all := stats.Failures{Failures: []stats.Failure{}}
	for _, l := range w.loops {
		l.failures.add(&all, l.task, most)
	}
	slices.SortStableFunc(all.Failures, func(a, b stats.Failure) int { return b.Last.Compare(a.Last) })
	all.Failures = all.Failures[:min(most, len(all.Failures))]
	return all
}

func (f *failures) add(to *stats.Failures, t *task, most int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	to.Total += f.log.Total()
	to.Kept += f.log.Len()
	for _, e := range f.log.Newest(most) {
		kind := stats.FailedTuple
		if e.Kind == acker.TimedOut {
			kind = stats.TimedOut
		}
		shown := stats.Failure{
			Message: e.Tuple.message, Component: t.component.ID, Task: t.id, Times: e.Times, First: e.First, Last: e.Last,
			Kind: kind, Cause: causeOf(e.Kind, e.Cause), Dead: e.Dead,
		}
		if s := e.Tuple.source; s != nil {
			shown.Stream = s.Stream
			if text, err := e.Tuple.kept.text(); err == nil && text != nil {
				shown.Values, shown.More, _ = stats.ShowValues(text, s.Fields) // it is an array
			}
		}
		to.Failures = append(to.Failures, shown)
	}
}

// causeOf is a cause for people.
func causeOf(kind acker.Kind, c *acker.Cause) stats.FailureCause {
	if c == nil {
		reason := "unknown cause"
		if kind == acker.TimedOut {
			reason = "it was not handled within the message timeout"
		}
		return stats.FailureCause{Reason: reason}
	}
	shown := stats.FailureCause{Component: c.Component, Task: c.Task, PID: c.PID, Tuple: c.Tuple, File: c.File, Line: c.Line, Reason: c.Reason}
	if c.Stderr != "" {
		shown.Reason += ": " + c.Stderr
	}
	shown.Reason = oneLine(shown.Reason)
	return shown
}
