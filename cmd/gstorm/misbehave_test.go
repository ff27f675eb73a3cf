package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestARudeBoltHurtsNobodyElse lets one bolt print, warn, fork, flood its stderr and emit what no tuple can carry: each
// such tuple fails for itself, with an error that says where and which field, and everything else arrives whole.
func TestARudeBoltHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	r := begin(t, "testdata/topology/rude.rb")()
	for _, line := range []string{
		"printed in on_init", "printed in a handler", "got print 1", "got warn 1", "got spawn 1", "got stderr 1",
		"got big 5000000", `got end "before\nend\nafter"`, `got unicode "é😀\u2028 \u0000"`, "got last 18446744073709551616",
	} {
		if !strings.Contains("\n"+r.stdout, "\n"+line+"\n") {
			t.Errorf("stdout has no line %q", line)
		}
	}
	if !strings.Contains(r.stderr, "warned in a handler") || strings.Count(r.stderr, strings.Repeat("y", 79)) != 12_500 {
		t.Error("lines of the bolt's stderr are missing")
	}
	if trees := r.summary.Trees; trees.Acked != 9 || trees.Failed != 6 || trees.Pending != 0 {
		t.Errorf("trees: %+v", trees)
	}
	want := []struct {
		text string
		line int
	}{
		{"field value is NaN", 22}, {`field value["list"][1]["deep"] is Infinity`, 22}, {"isn't valid UTF-8", 22},
		{"a tuple has 1 values, the stream has 2 fields", 34}, {"no stream nowhere", 35}, {"on purpose", 38},
	}
	if len(r.summary.Errors) != len(want) {
		t.Fatalf("%d errors, want %d: %+v", len(r.summary.Errors), len(want), r.summary.Errors)
	}
	for i, e := range r.summary.Errors {
		if !strings.Contains(e.Message, want[i].text) || e.Line != want[i].line || e.File != "testdata/topology/rude.rb" ||
			e.Component != "rude" || e.Task == 0 || e.PID == 0 || e.Tuple == "" {
			t.Errorf("error %d, expected %q at line %d: %+v", i, want[i].text, want[i].line, e)
		}
	}
	for _, c := range r.summary.Components {
		if c.Restarts != 0 {
			t.Errorf("%s was started again", c.ID)
		}
	}
}

// TestKillingGstormLeavesNoProcessBehind kills gstorm itself, which can then end nothing: the guard does.
func TestKillingGstormLeavesNoProcessBehind(t *testing.T) {
	if !exists("/proc/self") {
		t.Skip("needs /proc to see the processes")
	}
	t.Parallel()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	marker := filepath.Join(t.TempDir(), "marker")
	cmd := exec.Command(gstorm, "run", "testdata/topology/forks.rb", "--", marker)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Two tasks, and two sleepers that they have started.
	waitFor(t, func() bool { return len(processesWith(marker)) >= 5 })
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	waitFor(t, func() bool { return len(processesWith(marker)) == 0 })
}

// waitFor waits until something is so.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	limit := time.After(30 * time.Second)
	for !so() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatal("it never came to that")
		}
	}
}

// processesWith are the processes that have a text in their command line.
func processesWith(text string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		command, err := os.ReadFile(file) // it may have ended meanwhile
		if err == nil && slices.Contains(strings.Split(string(command), "\x00"), text) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
