package acker

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"
)

// Edge is what a delivered tuple is to one of its roots: the id that its ack will take out of that root's entry.
type Edge struct {
	Root Root
	ID   uint64
}

// Lineage is the edges of one delivered tuple, one per root that it descends from: Storm's MessageId. The zero value is
// an untracked tuple. It is not changed once made, so it may be copied freely. One root, which is the rule, needs no
// memory of its own.
type Lineage struct {
	first Edge    // Root 0: none
	more  *[]Edge // other roots, each once; behind a pointer, as few have any and all are copied from task to task
}

// NewLineage returns the lineage of a tuple with the given edges: those of a spout, or read from a link. Each root must
// be there only once. edges is copied.
func NewLineage(edges ...Edge) Lineage {
	var l Lineage
	if len(edges) > 0 {
		l.first = edges[0]
	}
	if len(edges) > 1 {
		more := slices.Clone(edges[1:])
		l.more = &more
	}
	return l
}

// Anchor is a tuple in flight, as one that a new tuple can be anchored to: its lineage, and the accumulator where the ids
// of the edges that it gave rise to are gathered until its ack. The accumulator starts at zero.
type Anchor struct {
	Lineage *Lineage
	Acc     *uint64
}

// Extend returns the lineage of a tuple that is emitted with these anchors to one task; it is called anew for each task
// that gets the tuple. As in Storm's BoltOutputCollectorImpl each tracked anchor gets one edge with a random id, which
// goes into the anchor's accumulator and, in the child, under each root of that anchor. An anchor may be there twice.
func Extend(anchors []Anchor, random rand.Source) Lineage {
	if len(anchors) == 1 && anchors[0].Lineage.more == nil { // nearly always
		a := anchors[0]
		if a.Lineage.first.Root == 0 {
			return Lineage{}
		}
		id := random.Uint64()
		*a.Acc ^= id
		return Lineage{first: Edge{a.Lineage.first.Root, id}}
	}
	var child Lineage
	edges := 0
	for _, a := range anchors {
		edges += a.Lineage.Len()
	}
	for _, a := range anchors {
		if !a.Lineage.Tracked() {
			continue
		}
		id := random.Uint64()
		*a.Acc ^= id
		child.add(a.Lineage.first.Root, id, edges)
		for _, e := range a.Lineage.others() {
			child.add(e.Root, id, edges)
		}
	}
	child.merge()
	return child
}

// Tracked says whether anybody waits for the tuple.
func (l *Lineage) Tracked() bool { return l.first.Root != 0 }

// Traced reports whether any of the tuple's roots is.
func (l *Lineage) Traced() bool {
	return l.first.Root.Traced() || l.more != nil && l.othersTraced()
}

// othersTraced is apart, so that Traced, which is asked for each tuple several times, is no call for those with one root.
//
//go:noinline
func (l *Lineage) othersTraced() bool {
	return slices.ContainsFunc(*l.more, func(e Edge) bool { return e.Root.Traced() })
}

func (l *Lineage) others() []Edge {
	if l.more == nil {
		return nil
	}
	return *l.more
}

// Len returns how many roots the tuple has.
func (l *Lineage) Len() int {
	if !l.Tracked() {
		return 0
	}
	return 1 + len(l.others())
}

// Edges yields each edge once.
func (l *Lineage) Edges() iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		if !l.Tracked() || !yield(l.first) {
			return
		}
		for _, e := range l.others() {
			if !yield(e) {
				return
			}
		}
	}
}

// Ack adds to u what the ack of the tuple means: its own edge goes out of each root, and those that it gave rise to (acc,
// its accumulator) come in, in one step. To be called once per tuple: a second ack would bring the edge back.
func (l *Lineage) Ack(acc uint64, u *Updates) {
	for e := range l.Edges() {
		u.Add(e.Root, e.ID^acc)
	}
}

// Fail adds to u that the tuple failed, and with it every root that it has.
func (l *Lineage) Fail(cause *Cause, u *Updates) {
	for e := range l.Edges() {
		u.Fail(e.Root, cause)
	}
}

// few is up to how many roots a search is cheaper than to sort later.
const few = 8

// add XORs an id in under a root. Beyond a few roots the same root may then be listed twice, until merge. There are at
// most edges calls.
func (l *Lineage) add(r Root, id uint64, edges int) {
	if l.first.Root == 0 {
		l.first = Edge{r, id}
		return
	}
	if l.first.Root == r {
		l.first.ID ^= id
		return
	}
	if l.more == nil {
		more := make([]Edge, 0, min(few, edges-1))
		l.more = &more
	}
	more := *l.more
	for i := range more[:min(few, len(more))] {
		if more[i].Root == r {
			more[i].ID ^= id
			return
		}
	}
	*l.more = append(more, Edge{r, id})
}

// merge makes one edge of all that have the same root, in n log n: a window's result may have thousands of anchors.
func (l *Lineage) merge() {
	more := l.others()
	if len(more) <= few {
		return
	}
	slices.SortFunc(more, func(a, b Edge) int { return cmp.Compare(a.Root, b.Root) })
	kept := more[:1]
	for _, e := range more[1:] {
		if last := &kept[len(kept)-1]; last.Root == e.Root {
			last.ID ^= e.ID
		} else {
			kept = append(kept, e)
		}
	}
	*l.more = kept
}
