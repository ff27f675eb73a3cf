package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
)

// otherFaults are those of testdata/misbehave/faulty.py whose tests are below, for the manual.
var otherFaults = []string{"never says its pid", "ignores its end", "eats memory"}

func TestABoltThatNeverSaysItsPidEndsTheRunWithAReport(t *testing.T) {
	t.Parallel()
	a := (&misbehaviour{file: "bolts.yaml", fault: "never says its pid", start: 1}).run(t)
	if a.err == nil || a.err.Error() != "exit status 1" || a.summary.State != "failed" {
		t.Errorf("%v, state %s", a.err, a.summary.State)
	}
	if faulty := a.component("faulty"); faulty.Restarts != 4 || faulty.Errors != 5 {
		t.Errorf("%d restarts, %d errors, want 5 starts", faulty.Restarts, faulty.Errors)
	}
	if emitted := a.summary.Trees.Emitted; emitted != 0 {
		t.Errorf("%d tuples were emitted before every bolt was there", emitted)
	}
	a.nothingLeft()
	a.asInTheManual("never says its pid")
}

// TestTheDefaultsAllowAStartOfAMinute does not wait for one: that the limit is kept is what its neighbours show.
func TestTheDefaultsAllowAStartOfAMinute(t *testing.T) {
	limit, set, err := gstorm.DefaultConfig().Seconds(gstorm.StartTimeout)
	if err != nil || !set || limit <= time.Minute {
		t.Errorf("%s: %v, %v, %v", gstorm.StartTimeout, limit, set, err)
	}
}

func TestABoltThatIgnoresItsEndIsGoneWithinTheLimit(t *testing.T) {
	t.Parallel()
	m := misbehaviour{file: "bolts.yaml", fault: "ignores its end"}
	a := m.run(t)
	a.nothingLost(&m)
	a.nobodyElseNoticed()
	a.nothingLeft()
	// The drain limit of 1 s, then 5 s each for the end of its input and SIGTERM; the rest is for a slow machine.
	if limit := 30.0; a.summary.Seconds > limit {
		t.Errorf("the run took %.1f s", a.summary.Seconds)
	}
	a.asInTheManual("ignores its end")
}

func TestDaemonsDoNotOutliveAGstormThatIsKilled(t *testing.T) {
	if !exists("/proc/self/environ") {
		t.Skip("needs /proc: elsewhere daemons can't be found")
	}
	t.Parallel()
	dir := t.TempDir()
	// The message timeout is long, and so is the list of tuples: it would go on for ever.
	cmd := (&misbehaviour{file: "bolts.yaml", fault: "daemonizes", count: 1_000_000}).command(t, dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return exists(filepath.Join(dir, "daemon")) })
	if n := len(processesOf(dir)); n < 7 { // gstorm, five tasks, the daemon
		t.Errorf("%d processes", n)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	waitFor(t, func() bool { return len(processesOf(dir)) == 0 })
}

func TestABoltThatEatsAllMemoryIsKilledByTheKernelAlone(t *testing.T) {
	group, err := memoryGroup(t, 300<<20)
	if err != nil {
		t.Skipf("no memory cgroup can be made here, so the kernel would kill whatever it likes: %v", err)
	}
	t.Parallel()
	m := misbehaviour{file: "bolts.yaml", fault: "eats memory",
		wrap: []string{"/bin/sh", "-c", `echo $$ > "$0" && exec "$@"`, filepath.Join(group, "cgroup.procs")}}
	a := m.run(t)
	a.nothingLost(&m)
	a.nobodyElseNoticed()
	if a.replayed() == 0 || a.component("faulty").Restarts != 1 {
		t.Errorf("%d replayed, %d restarts", a.replayed(), a.component("faulty").Restarts)
	}
	a.asInTheManual("eats memory")
}

// memoryGroup makes a cgroup, of version 2 or 1, whose processes share so much memory, and no swap where that can be said.
func memoryGroup(t *testing.T, limit int) (dir string, err error) {
	t.Helper()
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	base, key, swap := "", "", ""
	for line := range bytes.Lines(own) {
		parts := strings.SplitN(strings.TrimSpace(string(line)), ":", 3)
		switch {
		case len(parts) != 3:
		case parts[1] == "memory":
			base, key, swap = "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.swappiness"
		case parts[1] == "" && base == "":
			base, key, swap = filepath.Join("/sys/fs/cgroup", parts[2]), "memory.max", "memory.swap.max"
		}
	}
	dir = filepath.Join(base, fmt.Sprintf("gstorm-test-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if !exists(filepath.Join(dir, "cgroup.procs")) {
		return "", fmt.Errorf("%s is no cgroup", dir)
	}
	_ = os.WriteFile(filepath.Join(dir, swap), []byte("0"), 0o644) // not there without swap
	return dir, os.WriteFile(filepath.Join(dir, key), []byte(fmt.Sprint(limit)), 0o644)
}
