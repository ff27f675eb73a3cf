package chaos

import (
	"syscall"
	"testing"

	"github.com/gstorm/gstorm/cluster/message"
)

// TestAWorkerFreezes: a worker process is stopped for longer than its lease, and goes on later. Its tasks run elsewhere by
// then, and what it had is not handled twice at a time.
func TestAWorkerFreezes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()
	m := c.withWorker()
	pid := m.workers()[0]
	c.say("a worker of %s is stopped", m.name)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.flows()
	c.say("and goes on")
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Log("it is gone already: ", err)
	}
	c.flows()
	c.finish()
}

// TestAMachineFreezes: nothing on the machine can end its tasks in time, so that they may handle a little when it goes on,
// although they run elsewhere by then. Nothing is lost all the same.
func TestAMachineFreezes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	c.submit()
	m := c.machines[c.leader()]
	c.say("%s, which leads, is stopped", m.name)
	m.freeze()
	c.pass(message.LeaseLength)
	c.flows()
	c.say("and goes on")
	m.thaw()
	c.whole()
	c.flows()
	c.end()
}
