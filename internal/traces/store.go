package traces

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// The kinds of traces that can be listed.
const (
	Recent  = "recent"
	Slowest = "slowest"
	Failed  = "failed"
)

// Kinds are all kinds.
var Kinds = []string{Recent, Slowest, Failed}

// How many traces are kept, and how much of them.
const (
	mostRecent  = 200
	mostFailed  = 100
	mostSlowest = 50
	mostOpen    = 2_000 // that have no end yet, or no beginning
	mostEnded   = 2_000 // that wait for Finished
	mostOfTrace = 1_000
	mostSpans   = 50_000 // of all together; the newest traces then make room, and at last all others
	// slowestOf is for how long a slow trace is kept as one of the slowest.
	slowestOf = time.Hour
)

// Place is where something was recorded. A run on one machine has neither.
type Place struct {
	Node   string
	Worker int
}

// Store has the traces of one topology. Any goroutine may use it.
type Store struct {
	mu      sync.Mutex // guards all below
	traces  map[string]*entry
	open    []*entry // oldest first, by when they were first heard of
	recent  []*entry // those that have ended, oldest first
	failed  []*entry // the same
	slowest []*entry // the fastest first
	spans   int
	sampled int
	ended   []*entry // for Finished
	watched bool     // Watch was called
}

// entry is what is known of one tree.
type entry struct {
	root    string
	lists   int // that it is in
	heard   time.Time
	begun   *stats.TraceBegun
	began   int64
	node    string // where it began
	ended   *stats.TraceEnded
	settled time.Time // when that was known here
	spans   map[string]*span
	over    int           // tuples that there was no room for here
	dropped map[Place]int // and where they were recorded
}

// span is one tuple as it was recorded at both ends.
type span struct {
	id      string
	emitted *stats.TraceEmitted
	sent    int64 // when it was emitted
	from    Place
	handed  *stats.TraceHanded
	got     int64 // when it was handed over
	to      Place
	answer  *stats.TraceAnswered
	done    int64 // when it was answered
}

// NewStore is an empty one.
func NewStore() *Store { return &Store{traces: map[string]*entry{}} }

// Add takes what was recorded at a place. To add something twice does no harm.
func (s *Store) Add(from Place, events []stats.TraceEvent, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range events {
		s.add(from, &events[i], now)
	}
	s.forget(now)
}

func (s *Store) add(from Place, e *stats.TraceEvent, now time.Time) {
	t := s.traces[e.Root]
	if t == nil {
		t = &entry{root: e.Root, heard: now, spans: map[string]*span{}, dropped: map[Place]int{}}
		s.traces[e.Root] = t
		s.open = s.keep(s.open, t)
		if len(s.open) > mostOpen {
			s.open = s.drop(s.open)
		}
	}
	switch {
	case e.Begun != nil && t.begun == nil:
		t.begun, t.began, t.node = e.Begun, e.At, from.Node
		s.sampled++
		s.settle(t, now)
	case e.Ended != nil && t.ended == nil:
		t.ended = e.Ended
		s.settle(t, now)
	case e.Emitted != nil:
		if sp := s.span(t, e.Emitted.ID); sp != nil {
			sp.emitted, sp.sent, sp.from = e.Emitted, e.At, from
		}
	case e.Handed != nil:
		if sp := s.span(t, e.Handed.ID); sp != nil {
			sp.handed, sp.got, sp.to = e.Handed, e.At, from
		}
	case e.Answered != nil:
		if sp := t.spans[e.Answered.ID]; sp != nil { // else there was no room for it
			sp.answer, sp.done = e.Answered, e.At
			if sp.handed == nil {
				sp.to = from
			}
		}
	case e.Dropped > 0:
		t.dropped[from] = e.Dropped
	}
}

// span is what is known of a tuple; nil: there is no room for it.
func (s *Store) span(t *entry, id string) *span {
	sp := t.spans[id]
	if sp != nil {
		return sp
	}
	if len(t.spans) >= mostOfTrace {
		t.over++
		return nil
	}
	sp = &span{id: id}
	t.spans[id] = sp
	s.spans++
	return sp
}

// settle puts a trace whose beginning and end are known where it is kept.
func (s *Store) settle(t *entry, now time.Time) {
	if t.begun == nil || t.ended == nil {
		return
	}
	t.settled = now
	s.recent = s.keep(s.recent, t)
	if t.ended.Outcome != stats.TraceAcked {
		s.failed = s.keep(s.failed, t)
	}
	at, _ := slices.BinarySearchFunc(s.slowest, t, func(a, b *entry) int { return cmp.Compare(a.ended.Micros, b.ended.Micros) })
	s.slowest = slices.Insert(s.slowest, at, t)
	t.lists++
	if i := slices.Index(s.open, t); i >= 0 {
		s.open = slices.Delete(s.open, i, i+1)
		t.lists--
	}
	if s.watched {
		s.ended = append(s.ended, t)
		t.lists++
	}
	s.forget(now)
}

// forget lets go of what is too much, or too old.
func (s *Store) forget(now time.Time) {
	for len(s.recent) > mostRecent {
		s.recent = s.drop(s.recent)
	}
	for len(s.failed) > mostFailed {
		s.failed = s.drop(s.failed)
	}
	for len(s.ended) > mostEnded {
		s.ended = s.drop(s.ended)
	}
	for i := 0; i < len(s.slowest); {
		if t := s.slowest[i]; now.Sub(t.heard) > slowestOf {
			s.slowest = slices.Delete(s.slowest, i, i+1)
			s.release(t)
		} else {
			i++
		}
	}
	for len(s.slowest) > mostSlowest {
		s.slowest = s.drop(s.slowest)
	}
	for s.spans > mostSpans {
		switch {
		case len(s.recent) > 1:
			s.recent = s.drop(s.recent)
		case len(s.open) > 1:
			s.open = s.drop(s.open)
		case len(s.ended) > 0:
			s.ended = s.drop(s.ended)
		case len(s.slowest) > 1:
			s.slowest = s.drop(s.slowest)
		case len(s.failed) > 1:
			s.failed = s.drop(s.failed)
		default:
			return // they have so few that this can't be
		}
	}
}

func (s *Store) keep(list []*entry, t *entry) []*entry {
	t.lists++
	return append(list, t)
}

// drop removes the first of a list.
func (s *Store) drop(list []*entry) []*entry {
	t := list[0]
	list = slices.Delete(list, 0, 1)
	s.release(t)
	return list
}

// release forgets a trace that is in no list any more.
func (s *Store) release(t *entry) {
	if t.lists--; t.lists == 0 {
		s.spans -= len(t.spans)
		delete(s.traces, t.root)
	}
}

// List are the last traces of a kind: the slowest first, or the newest.
func (s *Store) List(kind string, last int, now time.Time) []Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	var entries []*entry
	switch kind {
	case Slowest:
		entries = slices.Clone(s.slowest)
		slices.Reverse(entries)
	case Failed:
		entries = slices.Clone(s.failed)
	default:
		entries = slices.Clone(s.recent)
		for _, t := range s.open {
			if t.begun != nil {
				entries = append(entries, t)
			}
		}
	}
	if kind != Slowest {
		slices.SortStableFunc(entries, func(a, b *entry) int { return cmp.Compare(b.began, a.began) })
	}
	list := make([]Listed, 0, min(last, len(entries)))
	for _, t := range entries[:min(last, len(entries))] {
		trace := t.assemble(now)
		list = append(list, Listed{trace.Summary, len(trace.Spans)})
	}
	return list
}

// Get is the trace of a root; nil: there is none.
func (s *Store) Get(root string, now time.Time) *Trace {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.traces[root]
	if t == nil || t.begun == nil {
		return nil
	}
	return t.assemble(now)
}

// Roots are those of all traces that there are.
func (s *Store) Roots() (roots []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for root, t := range s.traces {
		if t.begun != nil {
			roots = append(roots, root)
		}
	}
	slices.Sort(roots)
	return roots
}

// Sampled is how many trees were traced.
func (s *Store) Sampled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sampled
}

// Watch has the traces that end from now on wait for Finished.
func (s *Store) Watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched = true
}

// Finished are the traces whose end has become known since Watch, and before a moment: what was recorded elsewhere has then come too.
// Each is returned once.
func (s *Store) Finished(before, now time.Time) (list []*Trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ended) > 0 && s.ended[0].settled.Before(before) {
		list = append(list, s.ended[0].assemble(now))
		s.ended = s.drop(s.ended)
	}
	return list
}
