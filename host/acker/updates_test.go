package acker

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestUpdatesMergeByRoot(t *testing.T) {
	a, b := NewRoot(1, 1), NewRoot(2, 1)
	first, second := &Cause{Reason: "first"}, &Cause{Reason: "second"}
	var u Updates
	u.Add(a, 1)
	u.Add(b, 2)
	u.Add(a, 4)
	u.Fail(b, first)
	u.Fail(b, second)
	want := []Update{{Root: a, Xor: 5}, {Root: b, Xor: 2, Failed: true, Cause: first}}
	if diff := cmp.Diff(want, u.All()); diff != "" {
		t.Errorf("updates (-want +got):\n%s", diff)
	}
	u.Reset()
	u.Add(b, 8)
	if diff := cmp.Diff([]Update{{Root: b, Xor: 8}}, u.All()); diff != "" {
		t.Errorf("after Reset (-want +got):\n%s", diff)
	}
}

// A failure without a known cause is the first one all the same.
func TestUpdatesKeepTheUnknownCause(t *testing.T) {
	var u Updates
	u.Fail(NewRoot(1, 1), nil)
	u.Fail(NewRoot(1, 1), &Cause{Reason: "second"})
	if up := u.All()[0]; !up.Failed || up.Cause != nil {
		t.Errorf("update %+v, want failed without a cause", up)
	}
}

// The hash table gives what a map gives; few keys and many deletions make its chains collide and close.
func TestIndexIsAMap(t *testing.T) {
	key := func(n uint64) Root { return Root(n<<38 | n&3) }
	rapid.Check(t, func(t *rapid.T) {
		var x index
		want := map[Root]int32{}
		for range rapid.IntRange(0, 400).Draw(t, "steps") {
			r := key(rapid.Uint64Range(1, 100).Draw(t, "root"))
			if x.find(r) != want[r] {
				t.Fatalf("find %v: %d, want %d", r, x.find(r), want[r])
			}
			if want[r] != 0 {
				x.remove(r)
				delete(want, r)
			} else {
				slot := int32(r>>38) + 1
				*x.at(r) = slot
				want[r] = slot
			}
		}
		for i := range uint64(100) {
			if r := key(i + 1); x.find(r) != want[r] || x.len() != len(want) {
				t.Fatalf("find %v: %d of %d, want %d of %d", r, x.find(r), x.len(), want[r], len(want))
			}
		}
	})
}
