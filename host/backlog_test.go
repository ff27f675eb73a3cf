package host

import "testing"

// TestBacklog takes and fetches in turn: what comes out is what went in, in its order, and memory does not grow.
func TestBacklog(t *testing.T) {
	tr := newTracker(1, settings{}, func() int64 { return 0 }, 1)
	var b backlog
	begun, taken := 0, 0
	for round := range 1000 {
		for range 10 + round%7 {
			begun++
			tr.open(message{value: begun}, 0, nil) // ends at once
		}
		b.fetch(tr)
		if b.len() != begun-taken {
			t.Fatalf("round %d: %d wait, want %d", round, b.len(), begun-taken)
		}
		for _, o := range b.take(min(b.len(), 13)) {
			taken++
			if got := o.Owner.value; got != taken {
				t.Fatalf("round %d: %v, want %d", round, got, taken)
			}
		}
	}
	if most := 4 * (begun - taken + 100); cap(b.list) > most {
		t.Errorf("room for %d, want at most %d", cap(b.list), most)
	}
}
