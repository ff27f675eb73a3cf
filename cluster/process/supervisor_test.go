package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWhoIsWantedRuns(t *testing.T) {
	o := testOptions(filepath.Join(t.TempDir(), "workers"))
	clean(t, o)
	a := start(t, o)
	a.want(wanted("words-1", 1, runs), wanted("words-1", 2, runs))
	first, second := a.atWork("words-1", 1), a.atWork("words-1", 2)
	if session, err := unix.Getsid(first); err != nil || session != first {
		t.Errorf("the worker %d is in session %d, %v: it would end with the agent's", first, session, err)
	}
	spec := filepath.Join(o.Folder, "words-1-1", "spec.json")
	if info, err := os.Stat(spec); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	other := wanted("words-1", 1, "another")
	a.want(other)
	a.until("the second is gone", func(all []State) bool { return len(all) == 1 })
	if alive(second) || exists(filepath.Join(o.Folder, "words-1-2")) {
		t.Error("the process or the folder of the second is there")
	}
	if text, err := os.ReadFile(spec); err != nil || string(text) != string(other.Spec) {
		t.Errorf("the spec is %s, %v", text, err)
	}
	if again := a.atWork("words-1", 1); again != first {
		t.Errorf("another process, %d, runs for another spec", again)
	}
	a.want()
	a.until("all are gone", func(all []State) bool { return len(all) == 0 })
	if log := a.log.String(); strings.Contains(log, "by itself") || strings.Contains(log, "killed") || strings.Count(log, "started") != 2 {
		t.Error(log)
	}
}

func TestWantedAgainWhileItEnds(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	a := start(t, o)
	a.want(wanted("words-1", 1, runs))
	first := a.atWork("words-1", 1)
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil { // so that it does not end meanwhile
		t.Fatal(err)
	}
	a.want()
	a.until("it is told", func(all []State) bool { return len(all) == 1 && all[0].Ending })
	a.log.waitFor(t, "told to end")
	a.want(wanted("words-1", 1, runs))
	if err := syscall.Kill(first, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	states := a.until("another runs", func(all []State) bool { return len(all) == 1 && all[0].Running && all[0].PID != first })
	if states[0].Restarts != 0 {
		t.Errorf("it counts as a failure: %+v", states[0])
	}
	a.atWork("words-1", 1)
}

func TestOneThatCrashesIsStartedAgain(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	a := start(t, o)
	a.want(wanted("crash-1", 1, crashes), wanted("words-2", 1, runs))
	other := a.atWork("words-2", 1)
	a.until("it was started several times", func(all []State) bool {
		return len(all) == 2 && all[0].Restarts >= 4 && all[0].Exit == "exit status 1\npanic: out of words"
	})
	if err := syscall.Kill(other, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	a.until("the other was started again", func(all []State) bool {
		return all[1].Restarts == 1 && all[1].Running && all[1].PID != other && all[1].Exit == "killed by signal 9 (SIGKILL)"
	})
	if next := a.atWork("words-2", 1); next == other {
		t.Error("it has the same process id")
	}
}

func TestOneThatCanNotBeStarted(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	o.Command = []string{filepath.Join(o.Folder, "nothing")}
	a := start(t, o)
	a.want(wanted("words-1", 1, runs))
	a.until("why is told", func(all []State) bool {
		return len(all) == 1 && !all[0].Running && strings.Contains(all[0].Exit, "no such file")
	})
	a.want()
	a.until("it is gone", func(all []State) bool { return len(all) == 0 })
}

// both runs a test with the agent that has started the workers, and with one that has adopted them.
func both(t *testing.T, o Options, all []Wanted, test func(t *testing.T, a *agent)) {
	t.Helper()
	t.Run("own", func(t *testing.T) {
		o.Folder = t.TempDir()
		clean(t, o)
		a := start(t, o)
		a.want(all...)
		test(t, a)
	})
	t.Run("adopted", func(t *testing.T) {
		o.Folder = t.TempDir()
		clean(t, o)
		earlier := start(t, o)
		earlier.want(all...)
		for _, w := range all {
			earlier.atWork(w.Topology, w.Worker)
		}
		earlier.end()
		a := start(t, o)
		a.want(all...)
		test(t, a)
	})
}

// childOf is the process that a stubborn worker has started.
func childOf(t *testing.T, a *agent, k key) (pid int) {
	t.Helper()
	eventually(t, "it has a child", func() bool {
		text, err := os.ReadFile(filepath.Join(a.options.Folder, k.name(), "child"))
		line, whole := strings.CutSuffix(string(text), "\n")
		if err != nil || !whole {
			return false
		}
		pid, err = strconv.Atoi(line)
		return err == nil && alive(pid)
	})
	return pid
}

func TestOneThatDoesNotEndIsKilled(t *testing.T) {
	o := testOptions("")
	o.Grace = 50 * time.Millisecond
	both(t, o, []Wanted{wanted("words-1", 1, stubborn)}, func(t *testing.T, a *agent) {
		worker := a.atWork("words-1", 1)
		child := childOf(t, a, key{"words-1", 1})
		a.want()
		a.until("it is gone", func(all []State) bool { return len(all) == 0 })
		a.log.waitFor(t, "it is killed")
		eventually(t, "its child is gone", func() bool { return !alive(worker) && !alive(child) })
	})
}

func TestWhatAWorkerLeavesBehindIsKilled(t *testing.T) {
	both(t, testOptions(""), []Wanted{wanted("words-1", 1, stubborn)}, func(t *testing.T, a *agent) {
		worker := a.atWork("words-1", 1)
		child := childOf(t, a, key{"words-1", 1})
		if err := syscall.Kill(worker, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "its child is gone", func() bool { return !alive(child) })
		a.until("another runs", func(all []State) bool {
			return len(all) == 1 && all[0].Running && all[0].PID != worker && all[0].Restarts == 1 && all[0].Exit != ""
		})
	})
}

func TestWorkersOutliveTheAgent(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	earlier := exec.Command(o.Command[0], o.Folder)
	earlier.Env = append(os.Environ(), roleEnv+"=agent")
	if err := earlier.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	eventually(t, "the worker of the earlier agent is at work", func() (held bool) {
		pid, held, _ = look(filepath.Join(o.Folder, "words-1-1"))
		return held && pid != 0
	})
	if _, err := Open(o); !isHeld(err) || !strings.Contains(err.Error(), strconv.Itoa(earlier.Process.Pid)) {
		t.Errorf("a second agent at work in the same folder: %v", err)
	}
	if err := earlier.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = earlier.Wait() // it was killed

	for agents := range 2 {
		a := open(t, o)
		states, _ := a.States()
		if len(states) != agents+1 || states[0].PID != pid || !states[0].Running || states[0].Ending || states[0].Started.IsZero() {
			t.Errorf("adopted are %+v", states)
		}
		a.run()
		a.want(wanted("words-1", 1, runs), wanted("words-1", 2, runs)) // the second: all has been looked at
		a.atWork("words-1", 2)
		if again := a.atWork("words-1", 1); again != pid {
			t.Errorf("%d runs, not %d", again, pid)
		}
		a.end()
	}

	a := start(t, o)
	a.want()
	a.until("all are gone", func(all []State) bool { return len(all) == 0 })
	if alive(pid) || strings.Contains(a.log.String(), "killed") {
		t.Error(a.log)
	}
}

// TestNothingEndsBeforeAnybodyHasSaidWhoIsWanted: an agent that starts must first hear of the cluster's state.
func TestNothingEndsBeforeAnybodyHasSaidWhoIsWanted(t *testing.T) {
	o := testOptions(t.TempDir())
	clean(t, o)
	earlier := start(t, o)
	earlier.want(wanted("words-1", 1, runs), wanted("words-1", 2, runs))
	pid, killed := earlier.atWork("words-1", 1), earlier.atWork("words-1", 2)
	earlier.end()
	a := start(t, o)
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	states := a.until("the end of the other is seen", func(all []State) bool { return len(all) == 2 && !all[1].Running })
	if states[0].PID != pid || states[0].Ending || states[1].Ending || !strings.Contains(states[1].Exit, "not known") {
		t.Errorf("%+v", states)
	}
	a.want(wanted("words-1", 1, runs), wanted("words-1", 2, runs))
	if a.atWork("words-1", 2) == killed || a.atWork("words-1", 1) != pid {
		t.Error("other processes run")
	}
}

func TestHostileIDsAreRefused(t *testing.T) {
	root := t.TempDir()
	o := testOptions(filepath.Join(root, "a", "workers"))
	clean(t, o)
	a := start(t, o)
	good := wanted("words-1", 1, runs)
	for _, id := range []string{"", "..", "../../evil", "/evil", "a/b", ".partial", "a\x00", strings.Repeat("a", 300)} {
		if err := a.Want([]Wanted{wanted(id, 1, runs), good}); err == nil {
			t.Errorf("%q is not refused", id)
		}
	}
	if err := a.Want([]Wanted{wanted("words-1", -1, runs), good, good}); err == nil || !strings.Contains(err.Error(), "twice") || !strings.Contains(err.Error(), "no worker -1") {
		t.Error(err)
	}
	a.atWork("words-1", 1)
	if states, _ := a.States(); len(states) != 1 {
		t.Errorf("%+v", states)
	}
	if entries, _ := os.ReadDir(root); len(entries) != 1 {
		t.Errorf("in the folder above are %v", entries)
	}
}

func TestBackoff(t *testing.T) {
	b := backoff{first: time.Second, longest: 30 * time.Second, steady: time.Minute}
	var waits []string
	for range 8 {
		waits = append(waits, b.ended(time.Second).String())
	}
	for range 2 {
		waits = append(waits, b.ended(time.Minute).String())
	}
	waits = append(waits, b.ended(time.Second).String())
	if got := strings.Join(waits, " "); got != "0s 1s 2s 4s 8s 16s 30s 30s 0s 0s 1s" {
		t.Error(got)
	}
}
