package acker

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func edgeMap(t *rapid.T, l *Lineage) map[Root]uint64 {
	m := map[Root]uint64{}
	for e := range l.Edges() {
		if _, twice := m[e.Root]; twice {
			t.Fatalf("%v has two edges in one lineage", e.Root)
		}
		m[e.Root] = e.ID
	}
	if len(m) != l.Len() {
		t.Fatalf("%d edges, Len says %d", len(m), l.Len())
	}
	return m
}

// Extend and Ack do what Storm does with maps, for any number of anchors and shared roots.
func TestLineageIsStormsMaps(t *testing.T) {
	oneAnchor := rapid.MapOfN(rapid.Uint64Range(1, 40), rapid.Uint64(), 0, 30)
	rapid.Check(t, func(t *rapid.T) {
		tuples := rapid.SliceOfN(oneAnchor, 0, 20).Draw(t, "anchors")
		lineages := make([]Lineage, len(tuples))
		accs := make([]uint64, len(tuples))
		var anchors []Anchor
		for i, tuple := range tuples {
			var edges []Edge
			for seq, id := range tuple {
				edges = append(edges, Edge{NewRoot(1, seq), id})
			}
			lineages[i] = NewLineage(edges...)
			anchors = append(anchors, Anchor{&lineages[i], &accs[i]})
		}
		seed := rapid.Uint64().Draw(t, "seed")
		got := Extend(anchors, rand.NewPCG(seed, 0))

		random := rand.NewPCG(seed, 0)
		want := map[Root]uint64{}
		for i, tuple := range tuples {
			if len(tuple) == 0 {
				continue
			}
			id := random.Uint64()
			for seq := range tuple {
				want[NewRoot(1, seq)] ^= id
			}
			if accs[i] != id {
				t.Fatalf("anchor %d has gathered %x, want %x", i, accs[i], id)
			}
		}
		if diff := cmp.Diff(want, edgeMap(t, &got)); diff != "" {
			t.Fatalf("child (-want +got):\n%s", diff)
		}
		if got.Tracked() != (len(want) > 0) {
			t.Fatalf("tracked: %v with %d roots", got.Tracked(), len(want))
		}
		ackIsEdgeAndAcc(t, &got, want)
	})
}

func ackIsEdgeAndAcc(t *rapid.T, l *Lineage, edges map[Root]uint64) {
	acc := rapid.Uint64().Draw(t, "acc")
	var u Updates
	l.Ack(acc, &u)
	got := map[Root]uint64{}
	for _, up := range u.All() {
		got[up.Root] = up.Xor ^ acc
	}
	if !maps.Equal(got, edges) {
		t.Fatalf("acked %x, want %x", got, edges)
	}
}

func TestCopiesOfALineageAreIndependent(t *testing.T) {
	edges := []Edge{{NewRoot(1, 1), 1}, {NewRoot(1, 2), 2}}
	l := NewLineage(edges...)
	edges[1].ID = 99
	for e := range l.Edges() {
		if e.ID == 99 {
			t.Error("the lineage shares the caller's edges")
		}
	}
	before := l
	acc := uint64(0)
	Extend([]Anchor{{&l, &acc}, {&l, &acc}}, source())
	if !cmp.Equal(before, l, cmp.AllowUnexported(Lineage{})) {
		t.Error("Extend has changed an anchor")
	}
}
