package chaos

import (
	"syscall"
	"testing"
	"time"
)

// TestMachinesDie: a machine loses power, then the leader does, then a worker is killed, an agent crashes; each comes back.
func TestMachinesDie(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()

	leader := c.leader()
	i := c.but(leader)[0]
	c.say("%s loses power", c.machines[i].name)
	c.machines[i].powerOff()
	c.flows()
	c.machines[i].start(t)
	c.whole()

	c.say("%s, which leads, loses power", c.machines[leader].name)
	c.machines[leader].powerOff()
	c.flows()
	c.machines[leader].start(t)
	c.whole()

	m := c.withWorker()
	c.say("a worker of %s is killed", m.name)
	c.kill(m.workers()[0])
	c.flows()
	c.say("the agent of %s crashes", m.name)
	m.crashAgent()
	c.flows()
	m.start(t)
	c.whole()
	c.finish()
}

// withWorker is a machine that has a worker.
func (c *cluster) withWorker() (m *machine) {
	c.Helper()
	c.until("some machine has a worker", func() bool {
		for _, m = range c.machines {
			if len(m.workers()) > 0 {
				return true
			}
		}
		return false
	})
	return m
}

func (c *cluster) kill(pid int) {
	c.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		c.Error(err)
	}
}

// TestEveryMachineDies: everything is lost but the disks, then one disk too, and all is there again.
func TestEveryMachineDies(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()
	c.say("all machines lose power")
	for _, m := range c.machines {
		m.powerOff()
	}
	for _, m := range c.machines {
		m.start(t)
	}
	c.whole()
	c.flows()

	i := c.leader()
	c.say("%s, which leads, loses power and its disk", c.machines[i].name)
	c.machines[i].powerOff()
	c.machines[i].loseDisk(t)
	c.flows()
	c.machines[i].start(t)
	c.whole()
	c.say("another one loses power: the new one's vote counts")
	i = c.but(i)[0]
	c.machines[i].powerOff()
	c.flows()
	c.machines[i].start(t)
	c.whole()
	c.finish()
}

// TestMachinesDieInTurn: for minutes, every ten seconds a machine loses power, or freezes, or only a worker dies.
func TestMachinesDieInTurn(t *testing.T) {
	longOnly(t)
	for _, n := range []int{3, 5} {
		c := newCluster(t, n)
		c.submit()
		for turn := range 30 {
			m := c.machines[turn%n]
			c.say("%s loses power", m.name)
			m.powerOff()
			c.pass(5 * time.Second)
			m.start(t)
			c.pass(5 * time.Second)
		}
		c.whole()
		c.flows()
		c.finish()
		c.close()
	}
}
