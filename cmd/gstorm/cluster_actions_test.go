package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/internal/stats"
)

// TestTheActionsOnACluster: tasks get other processes on whichever node they are, and log from the level that they are told, those
// of workers that start later too.
func TestTheActionsOnACluster(t *testing.T) {
	slow(t, "some seconds")
	t.Parallel()
	c := newTestCluster(t, 3)
	c.must("submit", "testdata/topology/crew.rb", "--name", "numbers", "--", "1000000", t.TempDir())
	var before stats.Snapshot
	c.until("all tasks are counted", func() bool {
		before = c.status("numbers").Stats
		return len(before.Tasks) == 6 && !slices.ContainsFunc(before.Tasks, func(t stats.Task) bool { return t.State != stats.Running })
	})
	out := c.must("restart", "numbers", "pass")
	if strings.Count(out, "pass, task ") != 2 || strings.Count(out, " has taken the place of ") != 2 {
		t.Errorf("both tasks of pass: %s", out)
	}
	out = c.must("restart", "numbers", "1")
	if !strings.Contains(out, "numbers, task 1: process ") && !strings.Contains(out, "sink, task 1: process ") {
		t.Errorf("task 1: %s", out)
	}
	for _, test := range []struct{ args, want string }{
		{"numbers pas", `there is no component "pas", did you mean "pass"?`},
		{"numbers 99", "numbers has no task 99, but 1 to 6"},
		{"nmbers pass", `there is no topology "nmbers", did you mean "numbers"?`},
	} {
		if _, stderr, err := c.run(append([]string{"restart"}, strings.Fields(test.args)...)...); err == nil || !strings.Contains(stderr, test.want) {
			t.Errorf("restart %s: %v: %s", test.args, err, stderr)
		}
	}
	after := c.status("numbers").Stats
	if len(after.Errors) > len(before.Errors) || restarts(after) > restarts(before) {
		t.Errorf("it counts as a death: %+v, %d", after.Errors, restarts(after))
	}
	c.must("kill", "numbers", "-w", "20")

	file := filepath.Join(t.TempDir(), "talk.rb")
	if err := os.WriteFile(file, []byte(strings.Replace(talkative["talk.rb"], "bolt(Listen)", "bolt(Listen, parallelism: 4)", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.must("submit", file, "--name", "talkative", "--set", "topology.workers=1")
	said := func(worker int, text string) func() bool {
		return func() bool {
			return strings.Contains(c.must("logs", "talkative", "--worker", fmt.Sprint(worker), "--last", "1000"), text)
		}
	}
	c.until("it has said something", said(1, "bolt info"))
	if said(1, "bolt debug")() {
		t.Error("debug lines are there that nobody has asked for")
	}
	if out := c.must("log-level", "talkative", "listen", "debug"); !strings.Contains(out, "listen") {
		t.Error(out)
	}
	c.until("the worker has heard of it", said(1, "bolt debug"))
	c.must("rebalance", "talkative", "-n", "2")
	c.until("a worker that started later has as well", said(2, "bolt debug"))
	if said(1, "spout debug")() || said(2, "spout debug")() {
		t.Error("the spout has not been asked for debug lines")
	}
	if out := c.must("log-level", "talkative", "listen", "reset"); strings.Contains(out, "listen") {
		t.Error(out)
	}
	if _, stderr, err := c.run("log-level", "talkative", "lisen", "debug"); err == nil || !strings.Contains(stderr, `there is no component "lisen", did you mean "listen"?`) {
		t.Errorf("%v: %s", err, stderr)
	}
	c.must("kill", "talkative", "-w", "0")
}
