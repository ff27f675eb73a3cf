package gcfloor

import (
	"runtime"
	"testing"
)

// TestItIsKept: the floor is still there after collections, so that the next one is due no earlier.
func TestItIsKept(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	const size = 16 << 20
	Set(size)
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
	Set(1)
	if kept != nil {
		t.Error("GOGC is set, and the floor too")
	}
}
