package host

import (
	"fmt"
	"slices"
)

// RestartError says why a task can't be given another process.
type RestartError struct {
	Component string // "" if there is no such task
	Task      int
	Reason    string
}

// Error names the task and the reason.
func (e *RestartError) Error() string {
	if e.Component == "" {
		return fmt.Sprintf("task %d %s", e.Task, e.Reason)
	}
	return fmt.Sprintf("component %q, task %d: %s", e.Component, e.Task, e.Reason)
}

// Restart gives every task of the components another process, as RestartTask does. Components that are Go code, or that the
// plan does not have, stay as they are.
func (w *Worker) Restart(components ...string) {
	for _, t := range w.own {
		if slices.Contains(components, t.component.ID) && !inProcess(t.component) {
			t.replace()
		}
	}
}

// Runs reports whether a task is one of this worker's.
func (w *Worker) Runs(task int) bool { return task > 0 && task < len(w.tasks) && w.tasks[task] != nil }

// RestartTask gives a task of this worker another process, which loads its file anew: a bolt's when it has worked off what it
// was given, a spout's when its pending trees have ended. What waits in a bolt's queue waits for the next process, and what the
// one before has left unanswered fails. So nothing is lost, and it does not count as a death. It returns at once; where it can't be
// done the error is a *RestartError.
func (w *Worker) RestartTask(id int) error {
	if !w.Runs(id) {
		return &RestartError{Task: id, Reason: "does not run here"}
	}
	t := w.tasks[id]
	refuse := func(reason string) error { return &RestartError{t.component.ID, id, reason} }
	switch {
	case inProcess(t.component):
		return refuse("it is Go code inside of gstorm, and has no process of its own that another one could replace")
	case taskState(t.state.Load()) == stopped:
		return refuse("it has ended")
	case w.draining() || t.ending():
		return refuse("the topology is coming to its end")
	}
	if taskState(t.state.Load()) != starting { // else a new process is on its way
		t.replace()
	}
	return nil
}

// replace has the task's process replaced in order, if that is not due anyway.
func (t *task) replace() {
	select {
	case t.renew <- struct{}{}:
	default:
	}
}
