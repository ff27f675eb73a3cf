package acker

import (
	"maps"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"
)

// modelTick is the granularity of the ledgers that are compared with the model, in ms.
const modelTick = 10

// model is what the XOR stands for, kept the dear way: for each root the set of tuples whose ack has not arrived yet.
// It drives a ledger through the same events and compares them after each.
type model struct {
	ledger  *Ledger[int]
	random  rand.Source
	now     int64
	opened  int
	roots   map[Root]*modelRoot // open, in the model's eyes
	flights []*modelTuple       // neither acked nor failed
	batches [3]modelBatch       // on their way to the ledger
	ends    map[Root]Kind       // 0: canceled
	late    uint64
}

type modelRoot struct {
	owner    int
	opened   int64
	deadline int64
	closed   bool
	live     map[*modelTuple]bool
}

type modelTuple struct {
	flight
	roots map[Root]bool
}

type modelBatch struct {
	updates Updates
	acked   []*modelTuple
	failed  map[Root]*Cause
}

func newModel(seed uint64) *model {
	return &model{
		ledger: New[int](Options{Tick: modelTick}),
		random: rand.NewPCG(seed, 0),
		roots:  map[Root]*modelRoot{},
		ends:   map[Root]Kind{},
	}
}

func (m *model) settle(r Root) {
	if root := m.roots[r]; root.closed && len(root.live) == 0 {
		m.end(r, Acked)
	}
}

func (m *model) end(r Root, kind Kind) {
	m.ends[r] = kind
	if kind == 0 {
		delete(m.roots, r)
	}
}

// check compares what ended. A root leaves the model only here (or canceled), so its outcome can still be compared.
func (m *model) check(t *rapid.T) {
	for _, o := range m.ledger.Outcomes(nil) {
		root := m.roots[o.Root]
		if root == nil {
			t.Fatalf("%v %v, but it had ended", o.Root, o.Kind)
		}
		want := m.ends[o.Root]
		if want == 0 && o.Kind == TimedOut && root.deadline != 0 && root.deadline <= m.now {
			want = TimedOut
		}
		if o.Kind != want || o.Owner != root.owner || o.Age != m.now-root.opened {
			t.Fatalf("%+v, want kind %v of owner %d after %d", o, want, root.owner, m.now-root.opened)
		}
		m.ends[o.Root] = o.Kind
		delete(m.roots, o.Root)
	}
	for r, root := range m.roots {
		if m.ends[r] != 0 {
			t.Fatalf("%v should be %v and is open", r, m.ends[r])
		}
		if root.deadline != 0 && m.now >= root.deadline+modelTick {
			t.Fatalf("%v is open at %d, its deadline was %d", r, m.now, root.deadline)
		}
	}
	m.checkCounts(t)
}

func (m *model) checkCounts(t *rapid.T) {
	want := Counts{Opened: uint64(m.opened), Late: m.late}
	for _, kind := range m.ends {
		switch kind {
		case Acked:
			want.Acked++
		case Failed:
			want.Failed++
		case TimedOut:
			want.TimedOut++
		default:
			want.Canceled++
		}
	}
	if got := m.ledger.Counts(); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
	if m.ledger.Len() != len(m.roots) {
		t.Fatalf("%d roots open, want %d", m.ledger.Len(), len(m.roots))
	}
}

func (m *model) openRoots() []Root {
	return slices.Sorted(maps.Keys(m.roots))
}
