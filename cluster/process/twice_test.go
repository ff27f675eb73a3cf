package process

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

// early has an agent end after it has started a worker, before the worker has its lock. go lets a process take it.
func early(t *testing.T) (o Options, first int, let func(pid int)) {
	t.Helper()
	o = testOptions(filepath.Join(t.TempDir(), "workers"))
	clean(t, o)
	let = func(pid int) { put(t, "", o.Folder, fmt.Sprintf("go.%d", pid)) }
	earlier := start(t, o)
	earlier.want(wanted("words-1", 1, lateToLock))
	earlier.until("it is started", func(all []State) bool {
		if len(all) == 1 && all[0].Running {
			first = all[0].PID
		}
		return first != 0
	})
	earlier.end()
	return o, first, let
}

// exitOf waits for the end of a process that an earlier agent within this test has started.
func exitOf(t *testing.T, pid int) int {
	t.Helper()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	return status.ExitStatus()
}

func TestTwoAreStartedAndTheFirstGetsTheLock(t *testing.T) {
	o, first, let := early(t)
	a := start(t, o)
	a.want(wanted("words-1", 1, lateToLock))
	var second int
	a.until("another is started", func(all []State) bool {
		if len(all) == 1 && all[0].Running {
			second = all[0].PID
		}
		return second != 0
	})
	let(first)
	a.locked("words-1", 1, first)
	let(second)
	states := a.until("the first is taken over", func(all []State) bool { return all[0].PID == first })
	if !states[0].Running || states[0].Restarts != 0 || states[0].Exit != "" {
		t.Errorf("it counts as a failure: %+v", states[0])
	}
	if alive(second) {
		t.Error("both run")
	}
}

func TestTwoAreStartedAndTheSecondGetsTheLock(t *testing.T) {
	o, first, let := early(t)
	a := start(t, o)
	a.want(wanted("words-1", 1, lateToLock))
	states := a.until("another is started", func(all []State) bool { return len(all) == 1 && all[0].Running })
	second := states[0].PID
	let(second)
	a.locked("words-1", 1, second)
	let(first)
	if code := exitOf(t, first); code != refused {
		t.Errorf("the first ends with %d", code)
	}
	if states, _ := a.States(); states[0].PID != second || states[0].Restarts != 0 {
		t.Errorf("%+v", states)
	}
}

// TestOneThatIsNotKnownAndNotWanted finds its folder gone when it gets to the lock.
func TestOneThatIsNotKnownAndNotWanted(t *testing.T) {
	o, first, let := early(t)
	a := start(t, o)
	a.want()
	a.until("nobody is there", func(all []State) bool { return len(all) == 0 })
	let(first)
	if code := exitOf(t, first); code != refused && code != 4 {
		t.Errorf("it ends with %d", code)
	}
}

// TestOneThatIsNotKnownGetsTheLockBeforeItsFolderIsRemoved is told to end as any other.
func TestOneThatIsNotKnownGetsTheLockBeforeItsFolderIsRemoved(t *testing.T) {
	o, first, let := early(t)
	a := open(t, o)
	let(first)
	a.locked("words-1", 1, first)
	a.want()
	a.run()
	a.until("nobody is there", func(all []State) bool { return len(all) == 0 })
	if code := exitOf(t, first); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}
