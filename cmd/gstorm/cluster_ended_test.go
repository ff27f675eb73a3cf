package main

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
)

// TestWhatBecameOfATopology: a script can wait for a topology's end and tells by the exit status how that was; it is
// remembered, with the log.
func TestWhatBecameOfATopology(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 1)
	folder := t.TempDir()
	out := c.must("submit", "testdata/topology/crew.rb", "--name", "numbers", "--wait", "--", "200", folder)
	if !strings.Contains(out, ": finished\ntrees: 200 emitted, 200 acked, 0 failed, 0 timed out\n") {
		t.Errorf("it says %s", out)
	}
	if got := seen(t, folder); len(got) != 200 {
		t.Errorf("%d were handled", len(got))
	}
	broken := crewWith(t, "on_init { @file", `on_init { raise "no disk"; @file`)
	_, stderr, err := c.run("submit", broken, "--name", "broken", "--set", "gstorm.restart=never", "--wait", "--", "200", folder)
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(stderr, "no disk") || !strings.Contains(stderr, "gstorm.restart is never") {
		t.Errorf("%v: %s", err, stderr)
	}
	c.must("submit", "testdata/topology/crew.rb", "--name", "endless", "--", "1000000", folder)
	c.must("kill", "endless", "-w", "5")

	var list []api.Topology
	if err := c.json(&list, "list", "--all"); err != nil {
		t.Fatal(err)
	}
	var how []fsm.How
	for _, topology := range list {
		how = append(how, topology.End.How)
	}
	if !slices.Equal(how, []fsm.How{fsm.Finished, fsm.Failed, fsm.ByKill}) {
		t.Errorf("they have ended as %v", how)
	}
	if s := c.status("endless"); s.End == nil || s.End.By == "" || s.State != "killed by "+s.End.By {
		t.Errorf("%+v", s)
	}
	if s := c.status("numbers-1"); s.Name != "numbers" || s.State != "finished" {
		t.Errorf("%+v", s)
	}
	if text := c.must("logs", "numbers"); !strings.Contains(text, "the worker begins") {
		t.Errorf("the log is %s", text)
	}
	if text := c.must("list"); !strings.Contains(text, "no topology runs") {
		t.Errorf("the list is %s", text)
	}
}
