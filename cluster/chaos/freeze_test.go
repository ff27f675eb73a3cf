package chaos

import (
	"syscall"
	"testing"
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
	c.say("the end")
	c.finish()
}
