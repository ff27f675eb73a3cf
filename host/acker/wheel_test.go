package acker

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The wheel gives back what a sorted list would: by tick, then in the order of setting. What is set for the past is due at
// once.
func TestWheelIsASortedList(t *testing.T) {
	type set struct {
		id int32
		at uint64
	}
	distance := rapid.OneOf(rapid.Uint64Range(0, 10), rapid.Uint64Range(0, 10_000), rapid.Uint64Range(0, math.MaxUint64/2))
	rapid.Check(t, func(t *rapid.T) {
		var w wheel
		var running []set
		var now uint64
		next := int32(1)
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				at := now + min(distance.Draw(t, "distance"), math.MaxUint64-now)
				if rapid.IntRange(0, 9).Draw(t, "past") == 0 {
					at = now - min(distance.Draw(t, "ago"), now)
				}
				w.set(next, at, now)
				running = append(running, set{next, max(at, now)})
				slices.SortStableFunc(running, func(a, b set) int {
					if a.at == b.at {
						return 0
					}
					return map[bool]int{true: -1, false: 1}[a.at < b.at]
				})
				next++
			},
			"stop": func(t *rapid.T) {
				if len(running) == 0 {
					return
				}
				i := rapid.IntRange(0, len(running)-1).Draw(t, "which")
				w.stop(running[i].id)
				w.stop(running[i].id) // does no harm
				running = slices.Delete(running, i, i+1)
			},
			"advance": func(t *rapid.T) {
				now += min(distance.Draw(t, "by"), math.MaxUint64-now)
				for len(running) > 0 && running[0].at <= now {
					if id := w.pop(now); id != running[0].id {
						t.Fatalf("popped %d, want %d", id, running[0].id)
					}
					running = running[1:]
				}
				if id := w.pop(now); id != 0 {
					t.Fatalf("popped %d at %d, want none", id, now)
				}
			},
			"": func(t *rapid.T) {
				tick, ok := w.next()
				if ok != (len(running) > 0) {
					t.Fatalf("next: %v with %d running", ok, len(running))
				}
				if ok && (tick > running[0].at || tick < now) {
					t.Fatalf("next at %d, it is %d, the first timer is due at %d", tick, now, running[0].at)
				}
			},
		})
	})
}

// Whoever calls Advance when Next says so, and only then, gets there in a few steps, and in time.
func TestNextLeadsToDeadline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(0, 1<<42).Draw(t, "start")
		timeout := rapid.Int64Range(1, 1<<40).Draw(t, "timeout")
		l := New[int](Options{Tick: rapid.Int64Range(1, 5000).Draw(t, "tick")})
		if err := l.Open(NewRoot(1, 1), 1, start, start+timeout); err != nil {
			t.Fatal(err)
		}
		now, steps := start, 0
		for at, ok := l.Next(now); ok; at, ok = l.Next(now) {
			now = at
			l.Advance(now)
			if steps++; steps > levels {
				t.Fatalf("still not there after %d steps", steps)
			}
		}
		if late := now - start - timeout; late < 0 || late >= l.tick {
			t.Fatalf("ended %d ms after its deadline, tick %d", late, l.tick)
		}
	})
}

func TestDeadlineAtTheEndOfTime(t *testing.T) {
	l := New[int](Options{Tick: 7})
	if err := l.Open(NewRoot(1, 1), 1, 0, math.MaxInt64); err != nil {
		t.Fatal(err)
	}
	l.Advance(math.MaxInt64 - 7)
	if at, ok := l.Next(0); !ok || l.Len() != 1 {
		t.Fatalf("next %d %v, %d open", at, ok, l.Len())
	}
}
