package acker

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Random trees and other graphs of tuples, with shared roots, several anchors, acks on slow and fast ways, fails, deadlines:
// every root ends exactly once, how and when the model says.
func TestLedgerAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(rapid.Uint64().Draw(t, "seed"))
		var events []func(*rapid.T)
		for _, e := range []struct {
			weight int
			event  func(*rapid.T)
		}{
			{8, m.open}, {12, m.emit}, {20, m.anchor}, {24, m.ack}, {12, m.deliver}, {8, m.close},
			{2, m.advance}, {1, m.fail}, {1, m.cancel},
		} {
			events = append(events, slices.Repeat([]func(*rapid.T){e.event}, e.weight)...)
		}
		for range rapid.IntRange(0, 500).Draw(t, "events") {
			rapid.SampledFrom(events).Draw(t, "event")(t)
			m.check(t)
		}
		if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
			m.failAll()
			m.check(t)
		}
		m.finish(t)
	})
}

func (m *model) open(t *rapid.T) {
	m.opened++
	r := NewRoot(3, uint64(m.opened))
	root := &modelRoot{owner: m.opened, opened: m.now, live: map[*modelTuple]bool{}}
	if rapid.Bool().Draw(t, "expires") {
		root.deadline = m.now + rapid.Int64Range(1, 100_000).Draw(t, "timeout")
	}
	if err := m.ledger.Open(r, root.owner, m.now, root.deadline); err != nil {
		t.Fatal(err)
	}
	if err := m.ledger.Open(r, -1, m.now, 1); !errors.Is(err, ErrOpen) {
		t.Fatalf("opened again: %v, want ErrOpen", err)
	}
	m.roots[r] = root
}

// emit sends a tuple from one to three roots, as their owner.
func (m *model) emit(t *rapid.T) {
	roots := drawSome(t, m.openRoots(), 3)
	tuple := &modelTuple{roots: map[Root]bool{}}
	var edges []Edge
	for _, r := range roots {
		if m.roots[r].closed || tuple.roots[r] {
			continue
		}
		id := m.random.Uint64()
		if !m.ledger.Xor(r, id, m.now) {
			t.Fatalf("%v is not open", r)
		}
		edges = append(edges, Edge{r, id})
		tuple.roots[r] = true
	}
	tuple.lineage = NewLineage(edges...)
	m.launch(tuple)
}

// anchor sends a tuple that is anchored to up to four others, perhaps twice to one.
func (m *model) anchor(t *rapid.T) {
	var anchors []Anchor
	child := &modelTuple{roots: map[Root]bool{}}
	for _, tuple := range drawSome(t, m.flights, 4) {
		anchors = append(anchors, Anchor{&tuple.lineage, &tuple.acc})
		maps.Copy(child.roots, tuple.roots)
	}
	child.lineage = Extend(anchors, m.random)
	m.launch(child)
}

func (m *model) launch(tuple *modelTuple) {
	m.flights = append(m.flights, tuple)
	for r := range tuple.roots {
		if root := m.roots[r]; root != nil {
			root.live[tuple] = true
		}
	}
}

func (m *model) ack(t *rapid.T) {
	if tuple, batch := m.take(t); tuple != nil {
		tuple.lineage.Ack(tuple.acc, &batch.updates)
		batch.acked = append(batch.acked, tuple)
	}
}

func (m *model) fail(t *rapid.T) {
	if tuple, batch := m.take(t); tuple != nil {
		cause := &Cause{Component: "bolt", Task: 4}
		tuple.lineage.Fail(cause, &batch.updates)
		for r := range tuple.roots {
			if batch.failed == nil {
				batch.failed = map[Root]*Cause{}
			}
			if batch.failed[r] == nil {
				batch.failed[r] = cause
			}
		}
	}
}

// take draws a tuple in flight, which then is no more, and the batch that its update travels in.
func (m *model) take(t *rapid.T) (*modelTuple, *modelBatch) {
	if len(m.flights) == 0 {
		return nil, nil
	}
	i := rapid.IntRange(0, len(m.flights)-1).Draw(t, "tuple")
	tuple := m.flights[i]
	m.flights = slices.Delete(m.flights, i, i+1)
	return tuple, &m.batches[rapid.IntRange(0, len(m.batches)-1).Draw(t, "batch")]
}

func (m *model) deliver(t *rapid.T) {
	m.arrive(t, &m.batches[rapid.IntRange(0, len(m.batches)-1).Draw(t, "batch")])
}

func (m *model) arrive(t *rapid.T, batch *modelBatch) {
	for _, tuple := range batch.acked {
		for r := range tuple.roots {
			if root := m.roots[r]; root != nil && batch.failed[r] == nil {
				delete(root.live, tuple)
			}
		}
	}
	for _, u := range batch.updates.All() {
		if u.Failed != (batch.failed[u.Root] != nil) || u.Cause != batch.failed[u.Root] {
			t.Fatalf("%v: update says failed %v for %v, the first cause was %v", u.Root, u.Failed, u.Cause, batch.failed[u.Root])
		}
		open := m.roots[u.Root] != nil
		if m.ledger.Apply(u, m.now) != open {
			t.Fatalf("%v: update accepted: %v, want %v", u.Root, !open, open)
		}
		if !open {
			m.late++
		} else if u.Failed {
			m.end(u.Root, Failed)
		} else {
			m.settle(u.Root)
		}
	}
	batch.updates.Reset()
	batch.acked, batch.failed = nil, nil
}

func (m *model) close(t *rapid.T) {
	for _, r := range drawSome(t, m.openRoots(), 1) {
		m.roots[r].closed = true
		if !m.ledger.Close(r, m.now) {
			t.Fatalf("%v is not open", r)
		}
		m.settle(r)
	}
}

func (m *model) cancel(t *rapid.T) {
	for _, r := range drawSome(t, m.openRoots(), 1) {
		if !m.ledger.Cancel(r) || m.ledger.Cancel(r) {
			t.Fatalf("%v can't be canceled exactly once", r)
		}
		m.end(r, 0)
	}
}

// advance lets time pass. Whether a root ends within the tick after its deadline is the ledger's choice (see check).
func (m *model) advance(t *rapid.T) {
	m.now += rapid.Int64Range(0, 20_000).Draw(t, "ms")
	m.ledger.Advance(m.now)
}

func (m *model) failAll() {
	m.ledger.FailAll(nil, m.now)
	for _, r := range m.openRoots() {
		m.end(r, Failed)
	}
}

// finish acks and delivers all that is left: then every root must have ended.
func (m *model) finish(t *rapid.T) {
	for _, r := range m.openRoots() {
		m.roots[r].closed = true
		m.ledger.Close(r, m.now)
		m.settle(r)
	}
	m.check(t)
	for len(m.flights) > 0 {
		m.ack(t)
	}
	for i := range m.batches {
		m.arrive(t, &m.batches[i])
		m.check(t)
	}
	if m.ledger.Len() != 0 || len(m.ends) != m.opened {
		t.Fatalf("%d roots left, %d of %d ended", m.ledger.Len(), len(m.ends), m.opened)
	}
	if at, ok := m.ledger.Next(m.now); ok {
		t.Fatalf("an empty ledger wants to expire something at %d", at)
	}
}

// drawSome draws up to n elements, perhaps the same again.
func drawSome[E any](t *rapid.T, from []E, n int) []E {
	if len(from) == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.SampledFrom(from), 1, n).Draw(t, "some")
}
