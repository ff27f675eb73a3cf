package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/gstorm/gstorm/cluster/api"
)

// crewWith is crew.rb with something in it replaced, in a folder of its own.
func crewWith(t *testing.T, old, replacement string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/topology/crew.rb")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("crew.rb has no %q", old)
	}
	file := filepath.Join(t.TempDir(), "crew.rb")
	if err := os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(replacement), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (c *testCluster) status(name string) (s api.TopologyStatus) {
	c.Helper()
	if err := c.json(&s, "status", name); err != nil {
		c.Fatal(err)
	}
	return s
}

// member is an agent as the cluster knows it.
func (c *testCluster) member(i int) (found api.Member) {
	c.Helper()
	var m api.Members
	if err := c.json(&m, "members"); err != nil {
		c.Fatal(err)
	}
	for _, member := range m.Members {
		if member.Name == fmt.Sprint("n", i+1) {
			return member
		}
	}
	return api.Member{Status: "forgotten"}
}

// terminate has an agent say good-bye.
func (c *testCluster) terminate(i int) {
	c.Helper()
	a := c.agents[i]
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.Fatal(err)
	}
	if err := a.cmd.Wait(); err != nil {
		c.Errorf("the agent ends with %v", err)
	}
	a.cmd = nil
}

// TestAClusterIsChangedWhileItRuns: a node that was drained runs nothing; a version that is no good is not stayed with; and an
// agent is restarted without anybody noticing.
func TestAClusterIsChangedWhileItRuns(t *testing.T) {
	slow(t, "half a minute")
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("needs /proc to find the workers of a node")
	}
	t.Parallel()
	c := newTestCluster(t, 3)
	folder := t.TempDir()
	good := "testdata/topology/crew.rb"
	upgrade := func(file, trial string) (stdout, stderr string, err error) {
		return c.run("upgrade", "numbers", file, "-w", "2", "--trial", trial, "--", "1000000", folder)
	}
	c.must("submit", good, "--name", "numbers", "--", "1000000", folder)

	watching := c.command("monitor", "numbers", "--interval", "100ms")
	var seen bytes.Buffer
	watching.Stdout, watching.Stderr = &seen, &seen
	if err := watching.Start(); err != nil {
		t.Fatal(err)
	}

	c.must("drain", "n2")
	if workers := c.agents[1].workers(); len(workers) > 0 && c.member(1).Running > 0 {
		t.Errorf("n2 is drained, and %v run there", workers)
	}
	if _, stderr, err := c.run("drain", "n2", "--forget"); err == nil || !strings.Contains(stderr, `the agent of node "n2" is there`) {
		t.Errorf("%v: %s", err, stderr)
	}
	c.must("drain", "n2", "--undo")
	if c.member(1).Draining {
		t.Error("n2 drains still")
	}

	mistaken := crewWith(t, "from Pass, fields: :n", "from Pass, fields: :m")
	if _, stderr, err := upgrade(mistaken, "1s"); err == nil || c.status("numbers").Version != 1 {
		t.Errorf("%v: %s", err, stderr)
	}
	broken := crewWith(t, "on_init { @file", `on_init { raise "no disk"; @file`)
	_, stderr, err := upgrade(broken, "2m") // for as long as it takes until something dies
	if s := c.status("numbers"); err == nil || !strings.Contains(stderr, "numbers was not upgraded: ") || !strings.Contains(stderr, "no disk") || s.Version != 3 || s.State != "running" {
		t.Errorf("%v: %s%+v", err, stderr, s)
	}
	if _, stderr, err := c.run("rollback", "numbers"); err == nil || !strings.Contains(stderr, "there is nothing to go back to") {
		t.Errorf("what was no good can be gone back to: %v: %s", err, stderr)
	}
	if stdout, stderr, err := upgrade(crewWith(t, "parallelism: 3", "parallelism: 1"), "1s"); err != nil {
		t.Errorf("%v: %s%s", err, stdout, stderr)
	}
	if s := c.status("numbers"); s.Version != 4 || s.Tasks != 4 {
		t.Errorf("%+v", s)
	}
	c.must("rollback", "numbers", "-w", "2")
	if s := c.status("numbers"); s.Version != 5 || s.Tasks != 6 || s.State != "running" {
		t.Errorf("%+v", s)
	}

	leads := 0
	for i := range c.agents {
		if c.member(i).Role == "leader" {
			leads = i
		}
	}
	workers := c.agents[leads].workers()
	c.terminate(leads)
	c.until("another agent leads, and the one that left keeps its vote", func() bool {
		var m api.Members
		if c.json(&m, "members") != nil {
			return false
		}
		var roles []string
		for _, member := range m.Members {
			roles = append(roles, member.Role)
		}
		slices.Sort(roles)
		return slices.Equal(roles, []string{"leader", "voter", "voter"}) && c.member(leads).Role == "voter"
	})
	if s := c.member(leads).Status; s != "left" {
		t.Errorf("the agent that has said good-bye is %s", s)
	}
	c.start(leads)
	c.until("the agent is back, with its vote and its workers", func() bool {
		m := c.member(leads)
		return m.Status == "alive" && m.Role != "" && c.status("numbers").State == "running"
	})
	if after := c.agents[leads].workers(); !slices.Equal(workers, after) {
		t.Logf("workers were %v, and are %v: the agent took longer than a lease to come back", workers, after)
	}

	c.must("kill", "numbers", "-w", "2")
	if err := watching.Wait(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"numbers: running", "numbers: killed by", "component", "sink"} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("gstorm monitor does not say %q:\n%s", want, seen.String())
		}
	}
}

// TestASecuredCluster: agents and workers know each other by certificates, people show tokens, and nobody else gets in.
func TestASecuredCluster(t *testing.T) {
	slow(t, "ten seconds")
	t.Parallel()
	c := prepareTestCluster(t, 3)
	files := t.TempDir()
	file := func(name ...string) string { return filepath.Join(append([]string{files}, name...)...) }
	c.must("keygen", "-o", file("gossip.key"))
	c.must("tls", "ca", "--dir", file("tls"))
	tokens := map[string]string{}
	for name, role := range map[string]string{"alice": "operate", "bob": "read"} {
		tokens[name] = strings.TrimSpace(c.must("token", "new", "--name", name, "--role", role, "--file", file("tokens")))
	}
	for i, a := range c.agents {
		name := fmt.Sprint("n", i+1)
		c.must("tls", "cert", "--dir", file("tls"), name, "127.0.0.1")
		a.more = []string{
			"--ca", file("tls", name, "ca.pem"), "--cert", file("tls", name, "cert.pem"), "--key", file("tls", name, "key.pem"),
			"--gossip-key", file("gossip.key"), "--tokens", file("tokens"),
		}
	}
	c.env = []string{"GSTORM_CA=" + file("tls", "n1", "ca.pem"), "GSTORM_TOKEN=" + tokens["alice"]}
	c.startAll()
	const n = 3000
	folder := t.TempDir()
	c.must("submit", "testdata/topology/crew.rb", "--name", "numbers", "--", fmt.Sprint(n), folder)
	if s := c.status("numbers"); s.Workers != 3 || s.State != "running" {
		t.Errorf("%+v", s)
	}
	c.until("it is told what goes from worker to worker", func() bool {
		var s api.TopologyStatus
		if err := c.json(&s, "status", "numbers", "--links"); err != nil {
			t.Fatal(err)
		}
		tuples := uint64(0)
		for _, l := range s.Links {
			tuples += l.Tuples
		}
		return len(s.Links) == 6 && tuples > 0
	})
	if text := c.must("status", "numbers", "--links"); !strings.Contains(text, "COMPRESSED") {
		t.Errorf("gstorm status --links says %s", text)
	}
	refused := func(what string, env []string, args ...string) {
		t.Helper()
		cmd := c.command(args...)
		cmd.Env = append(cmd.Env, env...)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), what) {
			t.Errorf("gstorm %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	refused("token", []string{"GSTORM_TOKEN="}, "list")
	refused("operate", []string{"GSTORM_TOKEN=" + tokens["bob"]}, "kill", "numbers")
	refused("--ca FILE", []string{"GSTORM_CA="}, "list")
	c.rolesAreKept(file("tls", "n1", "ca.pem"), tokens)
	c.until("the topology has finished", func() bool {
		stdout, _, err := c.run("list")
		return err == nil && !strings.Contains(stdout, "numbers")
	})
	got := seen(t, folder)
	for i := 1; i <= n; i++ {
		if !got[fmt.Sprint(i)] {
			t.Fatalf("%d was never handled", i)
		}
	}
}
