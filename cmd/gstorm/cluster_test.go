package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

// testCluster is agents on this machine, each a process with a data folder of its own, as on machines of their own.
type testCluster struct {
	*testing.T
	gstorm string
	agents []*testAgent
	env    []string // of commands
}

type testAgent struct {
	data, address, gossip string
	more                  []string // flags
	cmd                   *exec.Cmd
	log                   bytes.Buffer
}

// newTestCluster starts n agents, and waits until all of them are there.
func newTestCluster(t *testing.T, n int) *testCluster {
	t.Helper()
	c := prepareTestCluster(t, n)
	c.startAll()
	return c
}

// prepareTestCluster is a cluster of n agents that were not started yet.
func prepareTestCluster(t *testing.T, n int) *testCluster {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	c := &testCluster{T: t, gstorm: gstorm}
	for range n {
		c.agents = append(c.agents, &testAgent{data: filepath.Join(t.TempDir(), "data"), address: freeAddress(t), gossip: freeAddress(t)})
	}
	t.Cleanup(c.stop)
	return c
}

func (c *testCluster) startAll() {
	c.Helper()
	for i := range c.agents {
		c.start(i)
	}
	c.until("all agents are there, and keep the log", func() bool {
		var m api.Members
		if c.json(&m, "members") != nil {
			return false
		}
		logs := 0
		for _, member := range m.Members {
			if member.Role != "" && member.Slots > 0 {
				logs++
			}
		}
		return logs == len(c.agents)
	})
}

// freeAddress is an address of the loopback that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (c *testCluster) start(i int) {
	c.Helper()
	a := c.agents[i]
	a.cmd = exec.Command(c.gstorm, "agent", "--data", a.data, "--name", fmt.Sprint("n", i+1), "--bind", a.address, "--gossip", a.gossip)
	if len(c.agents) == 1 {
		a.cmd.Args = append(a.cmd.Args, "--bootstrap")
	} else {
		a.cmd.Args = append(a.cmd.Args, "--join", c.agents[0].gossip, "--expect", fmt.Sprint(len(c.agents)))
	}
	a.cmd.Args = append(a.cmd.Args, a.more...)
	a.cmd.Stderr = &a.log
	if err := a.cmd.Start(); err != nil {
		c.Fatal(err)
	}
}

// workers are the worker processes of a node.
func (a *testAgent) workers() (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), workerName+"\x00"+a.data+"/") {
			var pid int
			if _, err := fmt.Sscan(filepath.Base(filepath.Dir(file)), &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// kill takes a machine away: its agent and its workers, without a word.
func (c *testCluster) kill(i int) {
	a := c.agents[i]
	workers := a.workers()
	_ = a.cmd.Process.Kill()
	for _, pid := range workers {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = a.cmd.Wait()
	a.cmd = nil
}

func (c *testCluster) stop() {
	for i, a := range c.agents {
		if a.cmd != nil {
			c.kill(i)
		}
		if c.Failed() {
			c.Logf("agent %d:\n%s", i+1, a.log.String())
		}
	}
}

// command is a command against any agent that runs.
func (c *testCluster) command(args ...string) *exec.Cmd {
	cmd := exec.Command(c.gstorm, args...)
	var addresses []string
	for _, a := range c.agents {
		if a.cmd != nil {
			addresses = append(addresses, a.address)
		}
	}
	cmd.Env = append(append(os.Environ(), "GSTORM_AGENT="+strings.Join(addresses, ",")), c.env...)
	return cmd
}

// run runs a command, and returns what it printed.
func (c *testCluster) run(args ...string) (stdout, stderr string, err error) {
	cmd := c.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// must is run, which must end well.
func (c *testCluster) must(args ...string) string {
	c.Helper()
	stdout, stderr, err := c.run(args...)
	if err != nil {
		c.Fatalf("gstorm %s: %v\n%s%s", strings.Join(args, " "), err, stdout, stderr)
	}
	return stdout
}

func (c *testCluster) json(v any, args ...string) error {
	stdout, _, err := c.run(append(args, "--json")...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(stdout), v)
}

func (c *testCluster) until(what string, so func() bool) {
	c.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	limit := time.After(2 * time.Minute)
	for !so() {
		select {
		case <-look.C:
		case <-limit:
			stdout, _, _ := c.run("list")
			c.Fatalf("it does not come about that %s\n%s", what, stdout)
		}
	}
}

// seen are the numbers that sinks have written.
func seen(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "sink-*"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range strings.Fields(string(text)) {
			numbers[n] = true
		}
	}
	return numbers
}

// TestAClusterLosesAMachineAndNoTuple: a topology on three machines, of which one is taken away, handles every number, and is
// gone when it has finished.
func TestAClusterLosesAMachineAndNoTuple(t *testing.T) {
	slow(t, "half a minute")
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("needs /proc to find the workers of a node")
	}
	t.Parallel()
	const n = 8000
	c := newTestCluster(t, 3)
	folder := t.TempDir()
	c.must("submit", "testdata/topology/crew.rb", "--", fmt.Sprint(n), folder)
	var s api.TopologyStatus
	if err := c.json(&s, "status", "Crew"); err != nil || s.Workers != 3 {
		c.must("status", "crew")
		if err := c.json(&s, "status", "crew"); err != nil || s.Workers != 3 {
			t.Fatalf("%v, %+v", err, s)
		}
	}
	name := s.Name
	c.until("something is handled", func() bool { return len(seen(t, folder)) > n/10 })
	c.kill(2)
	c.until("the topology has finished and is gone", func() bool {
		stdout, _, err := c.run("list")
		return err == nil && !strings.Contains(stdout, name)
	})
	got := seen(t, folder)
	for i := 1; i <= n; i++ {
		if !got[fmt.Sprint(i)] {
			t.Fatalf("%d was never handled", i)
		}
	}
}

// TestATopologyOfAClusterIsLookedAfter: what a user does with it, and what is said when that can't be done.
func TestATopologyOfAClusterIsLookedAfter(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 1)
	folder := t.TempDir()
	if _, stderr, err := c.run("status", "crew"); err == nil || !strings.Contains(stderr, `there is no topology "crew"; no topology runs`) {
		t.Errorf("%v: %s", err, stderr)
	}
	c.must("submit", "testdata/topology/crew.rb", "--name", "numbers", "--", "1000000", folder)
	if _, stderr, err := c.run("submit", "testdata/topology/crew.rb", "--name", "numbers", "--", "1", folder); err == nil || !strings.Contains(stderr, "runs already") {
		t.Errorf("%v: %s", err, stderr)
	}
	c.until("something is handled", func() bool { return len(seen(t, folder)) > 100 })
	for _, command := range [][]string{
		{"status", "numbers"}, {"deactivate", "numbers"}, {"activate", "numbers"}, {"rebalance", "numbers", "-e", "pass=4", "-w", "2"}, {"errors", "numbers"},
		{"upgrade", "numbers", "testdata/topology/crew.rb", "-w", "2", "--", "1000000", folder},
	} {
		c.must(command...)
	}
	var s api.TopologyStatus
	if err := c.json(&s, "status", "numbers"); err != nil || s.Version != 2 || s.State != "running" || s.Tasks != 8 {
		t.Errorf("%v: %+v", err, s.Topology)
	}
	if text := c.must("logs", "numbers"); !strings.Contains(text, "the worker begins") {
		t.Errorf("the log is %s", text)
	}
	if _, stderr, err := c.run("rebalance", "numbers", "-e", "nobody=4"); err == nil || !strings.Contains(stderr, `no component "nobody", but`) {
		t.Errorf("%v: %s", err, stderr)
	}
	// The agent is killed and comes back: the workers go on meanwhile.
	before := c.agents[0].workers()
	_ = c.agents[0].cmd.Process.Kill()
	_ = c.agents[0].cmd.Wait()
	c.start(0)
	c.until("the agent knows of its workers again", func() bool {
		var s api.TopologyStatus
		return c.json(&s, "status", "numbers") == nil && s.State == "running"
	})
	if after := c.agents[0].workers(); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Logf("workers were %v, and are %v: the agent took longer than a lease to come back", before, after)
	}
	c.must("kill", "numbers", "-w", "5")
	if text := c.must("list"); !strings.Contains(text, "no topology runs") {
		t.Errorf("the list is %s", text)
	}
}
