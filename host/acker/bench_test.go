package acker

import (
	"math/rand/v2"
	"testing"
)

func source() rand.Source { return rand.NewPCG(1, 2) }

// steady keeps pending roots open in a ledger, and opens, updates and completes one more per call of the function that
// it returns: the life of a one-tuple tree.
func steady(pending int) func() {
	l := New[int](Options{})
	var outcomes []Outcome[int]
	var seq uint64
	now := int64(1_700_000_000_000)
	random := source()
	open := func() Root {
		seq++
		r := NewRoot(1, seq)
		if err := l.Open(r, int(seq), now, now+30_000); err != nil {
			panic(err)
		}
		return r
	}
	complete := func(r Root) {
		edge := random.Uint64()
		l.Xor(r, edge, now)
		l.Close(r, now)
		l.Xor(r, edge, now)
	}
	for range pending {
		open()
	}
	return func() {
		open()
		complete(NewRoot(1, seq-uint64(pending)))
		if seq%64 == 0 {
			now++
			l.Advance(now)
			outcomes = l.Outcomes(outcomes[:0])
		}
	}
}

func BenchmarkLedgerTree(b *testing.B) {
	for _, bench := range []struct {
		name    string
		pending int
	}{{"pending=1", 1}, {"pending=1000", 1000}, {"pending=1000000", 1_000_000}} {
		b.Run(bench.name, func(b *testing.B) {
			tree := steady(bench.pending)
			b.ReportAllocs()
			for b.Loop() {
				tree()
			}
		})
	}
}

func BenchmarkLedgerXor(b *testing.B) {
	l := New[int](Options{})
	for i := range uint64(1000) {
		if err := l.Open(NewRoot(1, i+1), 0, 0, 0); err != nil {
			b.Fatal(err)
		}
	}
	var i uint64
	b.ReportAllocs()
	for b.Loop() {
		l.Xor(NewRoot(1, i%1000+1), i, 0)
		i++
	}
}

func BenchmarkExtend(b *testing.B) {
	for _, bench := range []struct {
		name           string
		anchors, roots int
	}{
		{"anchors=1,roots=1", 1, 1}, {"anchors=4,roots=1", 4, 1}, {"anchors=4,roots=4", 4, 4},
		{"anchors=10000,roots=10000", 10_000, 10_000},
	} {
		b.Run(bench.name, func(b *testing.B) {
			anchors := spread(bench.anchors, bench.roots)
			random := source()
			b.ReportAllocs()
			for b.Loop() {
				Extend(anchors, random)
			}
		})
	}
}

// spread returns n anchors, each of one root, over a number of roots.
func spread(n, roots int) []Anchor {
	random := source()
	anchors := make([]Anchor, n)
	for i := range anchors {
		l := NewLineage(Edge{NewRoot(1, uint64(i%roots+1)), random.Uint64()})
		anchors[i] = Anchor{&l, new(uint64)}
	}
	return anchors
}

func BenchmarkUpdates(b *testing.B) {
	for _, bench := range []struct {
		name         string
		roots, batch uint64
	}{{"roots=1", 1, 64}, {"roots=64", 64, 64}} {
		b.Run(bench.name, func(b *testing.B) {
			batch := fill(bench.roots, bench.batch)
			b.ReportAllocs()
			for b.Loop() {
				batch()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bench.batch), "ns/ack")
		})
	}
}

// fill returns a function that acks a batch of tuples into Updates and empties them again.
func fill(roots, batch uint64) func() {
	var u Updates
	lineages := make([]Lineage, batch)
	for i := range lineages {
		lineages[i] = NewLineage(Edge{NewRoot(1, uint64(i)%roots+1), uint64(i)})
	}
	return func() {
		for i := range lineages {
			lineages[i].Ack(uint64(i)<<32, &u)
		}
		u.Reset()
	}
}

func TestHotPathAllocatesNothing(t *testing.T) {
	one := spread(1, 1)
	shared := spread(4, 1)
	random := source()
	for name, f := range map[string]func(){
		"open, xor, close": steady(1000),
		"extend":           func() { Extend(one, random) },
		"extend, 4 anchors of one root": func() {
			Extend(shared, random)
		},
		"updates": fill(16, 64),
	} {
		for range 10_000 { // as full as it gets
			f()
		}
		if n := testing.AllocsPerRun(10_000, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}
