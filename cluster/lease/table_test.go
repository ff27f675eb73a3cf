package lease

import (
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	const s = time.Second
	table := NewTable(100*s, 10*s, everBefore) // leases count for 11 s at the leader
	a, b, c, other := Worker{"words-1", 1}, Worker{"words-1", 2}, Worker{"words-1", 3}, Worker{"other-2", 1}
	for _, step := range []struct {
		what string
		got  bool
		want bool
	}{
		{"a begins right after the election", table.Begin(105*s, a, 1, []int{1, 2}), false},
		{"a may be running: nobody knows yet", table.Running(105*s, a), true},
		{"a begins when all is known", table.Begin(111*s, a, 1, []int{1, 2}), true},
		{"a runs", table.Running(121*s, a), true},
		{"b begins with one of its tasks", table.Begin(121*s, b, 1, []int{2, 3}), false},
		{"b begins with others", table.Begin(121*s, b, 1, []int{3}), true},
		{"the same tasks of another topology", table.Begin(121*s, other, 1, []int{1, 2, 3}), true},
		{"a's lease has run out", table.Running(122*s, a), false},
		{"b begins with a's task", table.Begin(122*s, b, 1, []int{2, 3}), true},
		{"another shape begins with others", table.Begin(122*s, c, 2, []int{7}), false},
		{"a begins anew", table.Begin(123*s, a, 1, []int{1, 2}), false},
	} {
		if step.got != step.want {
			t.Errorf("%s: %v", step.what, step.got)
		}
	}
	table.Ended(b)
	if !table.Begin(123*s, a, 1, []int{1, 2}) {
		t.Error("b has ended, and its tasks are not free")
	}
	table.Renew(125*s, a, 1, []int{1, 2})
	table.Renew(124*s, a, 1, []int{1, 2}) // has arrived earlier, and was slow within the leader
	if !table.Running(135*s, a) || table.Running(136*s, a) {
		t.Error("the last lease counts")
	}
	table.Forget(136 * s)
	if len(table.held) != 0 {
		t.Errorf("it remembers %d topologies", len(table.held))
	}
}

func TestHolder(t *testing.T) {
	var h Holder
	if h.Left(-5) > 0 {
		t.Error("it may run without a lease")
	}
	h.Granted(100, 10)
	h.Granted(90, 10) // came late
	if h.Left(105) != 5 || h.Left(110) > 0 {
		t.Errorf("%v and %v left", h.Left(105), h.Left(110))
	}
}

// everBefore is for topologies that were there before the leader was elected.
func everBefore(string) bool { return true }

// TestATopologyThatIsNewHasNoOldLeases: its workers need not wait for those of earlier leaders.
func TestATopologyThatIsNewHasNoOldLeases(t *testing.T) {
	const s = time.Second
	table := NewTable(100*s, 10*s, func(topology string) bool { return topology == "old-1" })
	if table.Begin(101*s, Worker{"old-1", 1}, 1, []int{1}) || !table.Running(101*s, Worker{"old-1", 2}) {
		t.Error("an earlier leader may have granted leases of the old one")
	}
	if !table.Begin(101*s, Worker{"new-2", 1}, 1, []int{1}) || table.Running(101*s, Worker{"new-2", 2}) {
		t.Error("nobody can hold a lease of the new one")
	}
}
