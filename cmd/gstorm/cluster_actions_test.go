package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/internal/stats"
)

// TestTheActionsOnACluster: tasks get other processes on whichever node they are.
func TestTheActionsOnACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
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
}
