package child

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync/atomic"
)

// markEnv is the variable by which a child, and all that it starts, can be told from every other process: a component that
// daemonizes (setsid, double fork) leaves its process group and its parent, but not its environment.
//
// The other way on Linux, to be the subreaper of all descendants (PR_SET_CHILD_SUBREAPER), was weighed. It would also find
// processes that have wiped out their environment. But it is a property of the whole host process, which then has to reap
// strangers beside Go's own waiting for children; it does not tell whose orphan one is while the task still runs; and it
// ends with the host, so the guard could find nobody after a kill -9. The mark serves all three.
const markEnv = "GSTORM_TASK_MARK"

// marks makes the values of markEnv: RUN.TASK.NUMBER, where RUN is random and NUMBER counts the starts of the run.
type marks struct {
	run    string
	starts atomic.Uint64
}

func newMarks() *marks { return &marks{run: strings.ToLower(rand.Text())} }

// next is the mark of one life of a task.
func (m *marks) next(task int) string {
	return m.all() + strconv.Itoa(task) + "." + strconv.FormatUint(m.starts.Add(1), 10)
}

// all is what every mark of the run begins with, and no other.
func (m *marks) all() string { return m.run + "." }
