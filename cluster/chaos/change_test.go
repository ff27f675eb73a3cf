package chaos

import (
	"fmt"
	"testing"
	"time"
)

// TestChangesUnderLoad: while tuples flow, all agents are restarted one after the other, the topology is rebalanced and upgraded,
// and a machine is drained.
func TestChangesUnderLoad(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()

	at := monotonic()
	c.say("every agent is restarted, one after the other")
	for _, m := range c.machines {
		m.stopAgent()
		m.start(t)
		c.whole()
	}
	c.flows()
	c.paused("the restart of all agents", at)

	at = monotonic()
	c.say("rebalance")
	c.must("rebalance", "chaos", "-n", "2")
	c.flows()
	c.paused("rebalance", at)

	at = monotonic()
	c.say("upgrade")
	c.must("upgrade", "chaos", "testdata/chaos.rb", "--set", fmt.Sprint("topology.workers=", len(c.machines)), "--", c.folder)
	c.flows()
	c.paused("upgrade", at)

	at = monotonic()
	c.say("drain")
	c.must("drain", c.machines[1].name)
	c.until("the drained machine has no worker", func() bool { return len(c.machines[1].workers()) == 0 })
	c.flows()
	c.paused("drain", at)

	m := c.machines[1]
	c.say("%s loses power, is forgotten, and comes back with all that it had", m.name)
	m.powerOff()
	c.until("it is forgotten", func() bool {
		_, _, err := c.run("drain", "--forget", m.name)
		return err == nil
	})
	m.start(t)
	c.whole()
	c.flows()
	c.finish()
}

// paused says for how long nothing got to a sink since a time.
func (c *cluster) paused(by string, since time.Duration) {
	c.look(c.T)
	c.say("%s: nothing got to a sink for %v at most", by, c.gap(since).Round(time.Millisecond))
}
