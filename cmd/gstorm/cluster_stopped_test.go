package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// childrenOf are the components' processes of a worker.
func childrenOf(worker int) (pids []int) {
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || parentOf(pid) != worker {
			continue
		}
		if command, err := os.ReadFile(filepath.Join(folder, "cmdline")); err == nil && !strings.Contains(string(command), guardName) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf is the parent of a process that runs; 0: it does not.
func parentOf(pid int) (parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	var state string
	_, after, _ := strings.Cut(string(text), ") ")
	if _, err := fmt.Sscan(after, &state, &parent); err != nil || state == "Z" || state == "X" {
		return 0
	}
	return parent
}

// TestAWorkerThatIsStopped: when its lease is over its processes are gone, before anybody else has its tasks; another process
// has them then, somebody says what has happened, and nothing is lost.
func TestAWorkerThatIsStopped(t *testing.T) {
	slow(t, "ten seconds")
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("needs /proc to find the workers of a node")
	}
	t.Parallel()
	const n = 3000
	c := newTestCluster(t, 1)
	folder := t.TempDir()
	c.must("submit", "testdata/topology/crew.rb", "--", fmt.Sprint(n), folder)
	c.until("something is handled", func() bool { return len(seen(t, folder)) > n/10 })
	before := c.agents[0].workers()
	if len(before) == 0 {
		t.Fatal("there is no worker")
	}
	stopped := before[0]
	children := childrenOf(stopped)
	if len(children) == 0 {
		t.Fatal("the worker has no children")
	}
	if err := syscall.Kill(stopped, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.until("the stopped worker's processes are gone", func() bool {
		other := slices.ContainsFunc(c.agents[0].workers(), func(pid int) bool { return !slices.Contains(before, pid) })
		left := slices.DeleteFunc(slices.Clone(children), func(pid int) bool { return parentOf(pid) == 0 })
		if other && len(left) > 0 {
			t.Fatalf("the worker was started again while %v of the stopped one were there", left)
		}
		return len(left) == 0
	})
	c.until("the topology has finished and is gone", func() bool { return strings.Contains(c.must("list"), "no topology runs") })
	got := seen(t, folder)
	for i := 1; i <= n; i++ {
		if !got[fmt.Sprint(i)] {
			t.Fatalf("%d was never handled", i)
		}
	}
	c.kill(0) // all that it logs has been read then
	if log := c.agents[0].log.String(); !strings.Contains(log, "it was ended by its guard") {
		t.Errorf("nobody says what has become of the worker:\n%s", log)
	}
}
