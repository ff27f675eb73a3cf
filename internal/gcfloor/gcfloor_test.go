package gcfloor

import (
	"runtime"
	"testing"
)

// TestItIsKept: the floor is still there after collections, so that the next one is due no earlier.
func TestItIsKept(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	Set()
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
		runtime.ReadMemStats(&m)
		if m.HeapAlloc < size || m.NextGC < 2*size {
			t.Errorf("%d bytes in use, the next collection at %d", m.HeapAlloc, m.NextGC)
		}
	}
}

// TestTheUserKnowsBetter leaves alone what was set.
func TestTheUserKnowsBetter(t *testing.T) {
	kept = nil
	t.Setenv("GOGC", "50")
	Set()
	if kept != nil {
		t.Error("GOGC is set, and the floor too")
	}
}
