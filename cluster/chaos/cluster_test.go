package chaos

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

var long = flag.Bool("long", false, "also run the tests that take minutes, or measure")

// longOnly is for a test that takes minutes, or measures, which is of no use beside other tests.
func longOnly(t *testing.T) {
	t.Helper()
	if !*long {
		t.Skip("it takes minutes, or measures: make chaos runs it")
	}
}

// cluster is machines with an agent each, and the witnesses of what its topologies do.
type cluster struct {
	*testing.T
	*network
	machines []*machine
	gstorm   string
	*witnesses
	began time.Time
}

// patience is after which time something that does not come about is a failure.
const patience = 90 * time.Second

// newCluster makes a cluster of n machines and waits until all of them are there. Beside them, the network has the host of
// the user, which comes last.
func newCluster(t *testing.T, n int) *cluster {
	t.Helper()
	gstorm, err := build()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{T: t, network: newNetwork(t, n+1), gstorm: gstorm, began: time.Now()}
	c.witnesses = &witnesses{folder: t.TempDir(), byFile: map[string]*life{}}
	for i, h := range c.hosts[:n] {
		m := &machine{host: h, name: fmt.Sprint("m", i+1), data: filepath.Join(t.TempDir(), "data"), gstorm: gstorm}
		m.args = []string{"--bind", h.ip, "--insecure", "--expect", fmt.Sprint(n), "--voters", fmt.Sprint(n), "--slots", "4", "--log-level", "debug"}
		for _, other := range c.hosts[:n] {
			m.args = append(m.args, "--join", other.ip)
		}
		c.machines = append(c.machines, m)
	}
	t.Cleanup(c.close)
	for _, m := range c.machines {
		m.start(t)
	}
	c.whole()
	return c
}

func (c *cluster) close() {
	for _, m := range c.machines {
		m.thaw()
		m.powerOff()
		if folder := os.Getenv("CHAOS_LOGS"); folder != "" || c.Failed() {
			c.keepLogs(m, folder)
		}
	}
}

// keepLogs keeps what the machine's agent and workers have logged.
func (c *cluster) keepLogs(m *machine, folder string) {
	if folder == "" {
		folder = os.TempDir()
	}
	folder = filepath.Join(folder, "chaos-"+c.Name(), m.name)
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "agent.log"), []byte(m.log.String()), 0o644)
	}
	if _, there := os.Stat(filepath.Join(m.data, "logs")); there == nil && err == nil {
		_ = os.RemoveAll(filepath.Join(folder, "logs"))
		err = os.CopyFS(filepath.Join(folder, "logs"), os.DirFS(filepath.Join(m.data, "logs")))
	}
	c.Logf("the logs of %s are in %s (%v)", m.name, folder, err)
}

// all are the numbers of all machines.
func (c *cluster) all() (numbers []int) {
	for i := range c.machines {
		numbers = append(numbers, i)
	}
	return numbers
}

// but are the numbers of all machines but one.
func (c *cluster) but(i int) []int {
	return slices.DeleteFunc(c.all(), func(other int) bool { return other == i })
}

// run runs a command as the user, against any agent.
func (c *cluster) run(args ...string) (stdout, stderr string, err error) {
	user := c.hosts[len(c.hosts)-1]
	var addresses []string
	for _, m := range c.machines {
		if m.agent != nil {
			addresses = append(addresses, m.ip)
		}
	}
	cmd := exec.Command("ip", append([]string{"netns", "exec", user.namespace, c.gstorm}, args...)...)
	cmd.Env = append(os.Environ(), "GSTORM_AGENT="+strings.Join(addresses, ","))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// must is run, which must end well.
func (c *cluster) must(args ...string) string {
	c.Helper()
	stdout, stderr, err := c.run(args...)
	if err != nil {
		c.Fatalf("gstorm %s: %v\n%s%s", strings.Join(args, " "), err, stdout, stderr)
	}
	return stdout
}

func (c *cluster) ask(v any, args ...string) bool {
	stdout, _, err := c.run(append(args, "--json")...)
	return err == nil && json.Unmarshal([]byte(stdout), v) == nil
}

// until waits for something.
func (c *cluster) until(what string, so func() bool) {
	c.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	limit := time.After(patience)
	for !so() {
		select {
		case <-look.C:
		case <-limit:
			members, _, _ := c.run("members")
			status, _, _ := c.run("status", "chaos")
			c.Fatalf("it does not come about that %s\n%s\n%s", what, members, status)
		}
	}
}

// pass lets time go by while the trouble lasts: nothing can be waited for, as nothing is to happen.
func (c *cluster) pass(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}

// say notes what is done, with the time, for who reads the test's output.
func (c *cluster) say(format string, args ...any) {
	c.Helper()
	c.Logf("%6.1f s: %s", time.Since(c.began).Seconds(), fmt.Sprintf(format, args...))
}

// members are the agents as any of them knows them.
func (c *cluster) members() (members []api.Member) {
	var m api.Members
	c.ask(&m, "members")
	return m.Members
}

// leader is the number of the machine whose agent leads.
func (c *cluster) leader() (leader int) {
	c.Helper()
	c.until("some agent leads", func() bool {
		for _, m := range c.members() {
			if m.Role == "leader" {
				leader = slices.IndexFunc(c.machines, func(other *machine) bool { return other.name == m.Name })
				return true
			}
		}
		return false
	})
	return leader
}

// whole waits until all agents that run are members and hold the log, and nobody has a vote who is not there.
func (c *cluster) whole() {
	c.Helper()
	want := 0
	for _, m := range c.machines {
		if m.agent != nil {
			want++
		}
	}
	c.until("all agents are members, and keep the log", func() bool {
		there := 0
		for _, m := range c.members() {
			switch {
			case m.Status == "alive" && m.Role != "" && m.Slots > 0:
				there++
			case m.Status != "alive" && m.Role == "voter":
				return false
			}
		}
		return there == want
	})
}

// submit has the topology run, with a worker on each machine, and waits until tuples are handled.
func (c *cluster) submit() {
	c.Helper()
	c.must("submit", "testdata/chaos.rb", "--name", "chaos", "--set", fmt.Sprint("topology.workers=", len(c.machines)), "--", c.folder)
	c.flows()
}

// spouts and tasks are how many testdata/chaos.rb has.
const (
	spouts = 2
	tasks  = 8
)

// flows waits until every task handles what was emitted a little after the call: what was on its way at the call may still be
// handled by those who are about to be ended.
func (c *cluster) flows() {
	c.Helper()
	since := monotonic() + time.Second
	c.until("every task handles tuples", func() bool {
		c.look(c.T)
		return c.allHandleSince(since, tasks)
	})
}

// finish has the spouts come to their end, waits for that of the topology, and judges what was seen.
func (c *cluster) finish() {
	c.Helper()
	c.end()
	c.judgeOwners(c.T)
}

// end is finish where the same task may have run twice.
func (c *cluster) end() {
	c.Helper()
	c.say("the end")
	if err := os.WriteFile(filepath.Join(c.folder, "stop"), nil, 0o644); err != nil {
		c.Fatal(err)
	}
	c.until("the spouts have come to their end", func() bool {
		files, err := filepath.Glob(filepath.Join(c.folder, "end-*"))
		return err == nil && len(files) == spouts
	})
	c.say("the spouts have acked all that they had")
	c.until("the topology has finished and is gone", func() bool {
		stdout, _, err := c.run("list")
		return err == nil && !strings.Contains(stdout, "chaos")
	})
	c.look(c.T)
	c.judgeNumbers(c.T)
}
