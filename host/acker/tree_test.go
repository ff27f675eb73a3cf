package acker

import (
	"math/rand/v2"
	"testing"
)

// grow makes a random tree of the given number of edges under one root, and returns the ids of the owner's own edges and
// what every tuple's ack comes to.
func grow(r Root, edges int, random *rand.Rand) (own, acks []uint64) {
	var open []flight
	emit := func(l Lineage) {
		open = append(open, flight{lineage: l})
		edges--
	}
	for range 3 {
		id := random.Uint64()
		own = append(own, id)
		emit(NewLineage(Edge{r, id}))
	}
	var u Updates
	for len(open) > 0 {
		i := random.IntN(len(open))
		parent := open[i]
		open[i] = open[len(open)-1]
		open = open[:len(open)-1]
		for range min(edges, random.IntN(5)) {
			emit(Extend([]Anchor{{&parent.lineage, &parent.acc}}, random))
		}
		if len(open) == 0 && edges > 0 {
			emit(Extend([]Anchor{{&parent.lineage, &parent.acc}}, random))
		}
		parent.lineage.Ack(parent.acc, &u)
		acks = append(acks, u.All()[0].Xor)
		u.Reset()
	}
	return own, acks
}

// A tree of a million edges, its acks in any order, is complete with the last of them and not before.
func TestMillionEdges(t *testing.T) {
	const edges = 1_000_000
	random := rand.New(rand.NewPCG(1, 2))
	r := NewRoot(1, 1)
	own, acks := grow(r, edges, random)
	if len(acks) != edges {
		t.Fatalf("%d acks for %d edges", len(acks), edges)
	}
	random.Shuffle(edges, func(i, j int) { acks[i], acks[j] = acks[j], acks[i] })
	l := New[string](Options{})
	if err := l.Open(r, "big", 0, 30_000); err != nil {
		t.Fatal(err)
	}
	for _, id := range own {
		l.Xor(r, id, 0)
	}
	l.Close(r, 0)
	for i, v := range acks {
		if !l.Xor(r, v, 5) {
			t.Fatalf("complete after %d of %d acks", i, edges)
		}
	}
	got := l.Outcomes(nil)
	if len(got) != 1 || got[0] != (Outcome[string]{Root: r, Owner: "big", Kind: Acked, Age: 5}) {
		t.Fatalf("outcomes %+v", got)
	}
}

// Many trees side by side end each with its own last ack, or in order of their deadlines.
func TestManyRoots(t *testing.T) {
	const roots = 200_000
	l := New[int](Options{})
	id := func(i int) uint64 { return uint64(i)*2 + 1 }
	for i := range roots {
		r := NewRoot(2, uint64(i+1))
		if err := l.Open(r, i, 0, int64(1+i%20_000)); err != nil {
			t.Fatal(err)
		}
		l.Xor(r, id(i), 0)
		l.Close(r, 0)
	}
	for i := 0; i < roots; i += 2 {
		l.Xor(NewRoot(2, uint64(i+1)), id(i), 0)
	}
	l.Advance(200_000)
	want := Counts{Opened: roots, Acked: roots / 2, TimedOut: roots / 2}
	if l.Counts() != want || l.Len() != 0 {
		t.Fatalf("counts %+v and %d open, want %+v", l.Counts(), l.Len(), want)
	}
	last := uint64(0)
	for _, o := range l.Outcomes(nil)[roots/2:] {
		due := l.ticksUp(int64(1 + o.Owner%20_000))
		if due < last {
			t.Fatalf("due at tick %d, ended after tick %d", due, last)
		}
		last = due
	}
}
