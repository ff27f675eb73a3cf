package chaos

import (
	"testing"
	"time"
)

// TestAMachineIsReplacedWithinSeconds measures from the loss of a machine to the rate that was usual before.
func TestAMachineIsReplacedWithinSeconds(t *testing.T) {
	if !*long {
		t.Skip("measures; see make chaos")
	}
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
	if !*long {
		t.Skip("measures; see make chaos")
	}
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
