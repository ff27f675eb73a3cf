package chaos

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestAMachineIsReplacedWithinSeconds measures from the loss of a machine to the rate that was usual before.
func TestAMachineIsReplacedWithinSeconds(t *testing.T) {
	longOnly(t)
	for _, leads := range []bool{false, true} {
		c := newCluster(t, 3)
		c.submit()
		c.pass(5 * time.Second)
		i := c.leader()
		if !leads {
			i = c.but(i)[0]
		}
		at := monotonic()
		c.machines[i].powerOff()
		c.flows()
		c.pass(10 * time.Second)
		end := monotonic()
		c.look(t)
		back, ok := c.recovered(at, end)
		c.say("a machine (it leads: %v) is lost: back at 90 %% of the rate after %v (%v), longest gap %v", leads, back, ok, c.gap(at))
		c.finish()
		c.close()
	}
}

// TestNobodyNoticesANewLeader measures the pause when the leader's agent crashes while the workers go on, and how long there
// is no leader.
func TestNobodyNoticesANewLeader(t *testing.T) {
	longOnly(t)
	c := newCluster(t, 3)
	c.submit()
	c.pass(3 * time.Second)
	m := c.machines[c.leader()]
	at := monotonic()
	m.crashAgent()
	c.leader()
	c.say("another one leads after %v", monotonic()-at)
	c.pass(5 * time.Second)
	c.paused("the leader's crash", at)
	m.start(t)
	c.whole()
	c.finish()
}

// TestSubmitIsQuick measures from the command to the first number at a sink, on three machines, with a bundle of 100 kB, and
// the memory of an agent before.
func TestSubmitIsQuick(t *testing.T) {
	longOnly(t)
	c := newCluster(t, 3)
	for _, m := range c.machines {
		c.say("the agent of %s: %s", m.name, m.memory(t))
	}
	folder := t.TempDir()
	text, err := os.ReadFile("testdata/chaos.rb")
	if err != nil {
		t.Fatal(err)
	}
	ballast := make([]byte, 100_000)
	for i := range ballast {
		ballast[i] = byte(rand.Int())
	}
	for name, content := range map[string][]byte{"chaos.rb": text, "ballast": ballast} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := monotonic()
	c.must("submit", filepath.Join(folder, "chaos.rb"), "--name", "chaos", "--no-wait", "--set", "topology.workers=3", "--", c.folder)
	c.until("a number is at a sink", func() bool {
		c.look(t)
		return len(c.sunk) > 0
	})
	c.say("the first number is at a sink %v after the command began", c.sunk[0].at-at)
	c.finish()
}
