package ui

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Restarter has another process take the place of a task's, in order, of a topology that Look has returned; the task has one of
// its own. It returns when that was asked for, and does not wait for it. An error of type *Error goes to who has asked.
type Restarter func(ctx context.Context, t *Topology, task int) error

const (
	// restartsAtOnce bounds how many components, or workers, are restarted at one time.
	restartsAtOnce = 16
	// restartLook is how often it is looked whether a task is there again.
	restartLook = 500 * time.Millisecond
	// restartPatience is how much longer than a tuple may take a task may take to be there again, until the rest is left as it is:
	// time to install nothing, but to load a large program on a machine that has much to do.
	restartPatience = 2 * time.Minute
)

// restarts are the tasks that are restarted one after the other.
type restarts struct {
	asked chan *turn

	mu    sync.Mutex // guards going
	going map[turnKey]bool
}

// turnKey is what is restarted: a component, or a worker.
type turnKey struct{ topology, what string }

// turn are tasks of which the first was told to restart, and the others are to be when the one before is there again.
type turn struct {
	key      turnKey
	topology Topology
	tasks    []int
	began    time.Time // when the process began that the first one had
}

func newRestarts() restarts {
	return restarts{asked: make(chan *turn, restartsAtOnce), going: map[turnKey]bool{}}
}

// begin reports whether what is to be restarted is not being so already.
func (r *restarts) begin(key turnKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.going[key]:
		return &Error{Conflict, key.what + " is being restarted already, one task after the other"}
	case len(r.going) >= restartsAtOnce:
		return &Error{Conflict, fmt.Sprintf("%d components are being restarted, which is as many as there may be at one time", restartsAtOnce)}
	}
	r.going[key] = true
	return nil
}

func (r *restarts) end(key turnKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.going, key)
}

// RunRestarts sees to it that tasks are restarted one after the other, until ctx ends: what is left then stays as it is. Of a
// cluster it is run by who leads. It may be called again.
func (s *Server) RunRestarts(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-s.restarts.asked:
			group.Go(func() {
				defer s.restarts.end(t.key)
				if err := s.takeTurns(ctx, t); err != nil {
					s.options.Logger.Warn("tasks are not restarted, as the one before is not there again", slog.String("topology", t.topology.Name),
						slog.Any("tasks", t.tasks), "error", err)
				}
			})
		}
	}
}

// takeTurns restarts the tasks but the first, each when the one before is there again. t.tasks are those that are left.
func (s *Server) takeTurns(ctx context.Context, t *turn) error {
	before, began := t.tasks[0], t.began
	for t.tasks = t.tasks[1:]; len(t.tasks) > 0; t.tasks = t.tasks[1:] {
		if err := s.awaitRestart(ctx, &t.topology, before, began); err != nil {
			return err
		}
		before = t.tasks[0]
		var err error
		if began, err = s.restart(ctx, &t.topology, before); err != nil {
			return err
		}
	}
	return nil
}

// restart restarts a task. It returns when the process began that it has until then.
func (s *Server) restart(ctx context.Context, t *Topology, task int) (began time.Time, err error) {
	if now := s.taskOf(ctx, t, task); now != nil {
		began = now.Since
	}
	return began, s.options.Restart(ctx, t, task)
}

// taskOf is a task as it is counted now; nil: it is not.
func (s *Server) taskOf(ctx context.Context, t *Topology, task int) *stats.Task {
	counted, _, _ := s.options.Source.Counts(ctx, t)
	i := slices.IndexFunc(counted.Tasks, func(each stats.Task) bool { return each.ID == task })
	if i < 0 {
		return nil
	}
	return &counted.Tasks[i]
}

// awaitRestart waits until a task has another process than the one that has begun at a time.
func (s *Server) awaitRestart(ctx context.Context, t *Topology, task int, began time.Time) error {
	limit := restartPatience
	if d, ok, err := t.Plan.Config.Seconds(gstorm.TopologyMessageTimeout); err == nil && ok {
		limit += 2 * d // for a spout's trees, and for its end
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("task %d has no other process after %v", task, limit))
	defer cancel()
	look := time.NewTicker(restartLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
		}
		if _, err := find(s.options.Source.Look(), t.ID); err != nil {
			return err
		}
		if now := s.taskOf(ctx, t, task); now != nil && now.State == stats.Running && !now.Since.IsZero() && !now.Since.Equal(began) {
			return nil
		}
	}
}

// RestartRoutes are those to give tasks another process. Options.Restart must be set.
func (s *Server) RestartRoutes() map[string]Route {
	return map[string]Route{
		"POST /v1/topologies/{name}/tasks/{task}/restart":           {Operate, s.handler(s.postRestartTask)},
		"POST /v1/topologies/{name}/components/{component}/restart": {Operate, s.handler(s.postRestartComponent)},
	}
}

// Restarted is the answer to a task's restart, RestartedTasks that to a component's.
type (
	Restarted struct {
		Task int `json:"task"`
	}
	// RestartedTasks are in the order in which they are restarted.
	RestartedTasks struct {
		Tasks []int `json:"tasks"`
	}
)

func (s *Server) postRestartTask(_ http.ResponseWriter, r *http.Request) (any, error) {
	t, err := s.mayRestart(r.PathValue("name"))
	if err == nil {
		err = parameters(r)
	}
	if err != nil {
		return nil, err
	}
	task, err := strconv.Atoi(r.PathValue("task"))
	n := len(t.Plan.Tasks)
	if err != nil || task < 1 || task > n {
		return nil, notFoundf("%s has no task %s, but 1 to %d", t.Name, r.PathValue("task"), n)
	}
	if err := restartable(t.Plan.Component(t.Plan.Tasks[task-1].Component)); err != nil {
		return nil, err
	}
	return Restarted{task}, s.options.Restart(r.Context(), t, task)
}

func (s *Server) postRestartComponent(_ http.ResponseWriter, r *http.Request) (any, error) {
	t, err := s.mayRestart(r.PathValue("name"))
	if err == nil {
		err = parameters(r)
	}
	if err != nil {
		return nil, err
	}
	c, err := componentOf(t, r.PathValue("component"))
	if err != nil {
		return nil, err
	}
	if err := restartable(c); err != nil {
		return nil, err
	}
	return RestartedTasks{c.TaskIDs}, s.restartInTurn(r.Context(), t, "component "+c.ID, c.TaskIDs)
}

// restartInTurn restarts tasks: the first now, each of the others when the one before is there again. An error is about the first.
func (s *Server) restartInTurn(ctx context.Context, t *Topology, what string, tasks []int) error {
	key := turnKey{t.ID, what}
	if err := s.restarts.begin(key); err != nil {
		return err
	}
	began, err := s.restart(ctx, t, tasks[0])
	if err != nil || len(tasks) == 1 {
		s.restarts.end(key)
		return err
	}
	s.restarts.asked <- &turn{key, *t, slices.Clone(tasks), began} // there is room for all that have begun
	return nil
}

// mayRestart is the topology of that name, if its tasks can be restarted now.
func (s *Server) mayRestart(name string) (*Topology, error) {
	t, err := s.actedOn(name, Restart)
	if err == nil && t.Plan == nil {
		err = &Error{Conflict, "the topology's plan can't be had"}
	}
	return t, err
}

// actedOn is the topology of that name, if an action can be done to it now.
func (s *Server) actedOn(name, action string) (*Topology, error) {
	t, err := find(s.options.Source.Look(), name)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(t.Actions, action) {
		return nil, &Error{Conflict, fmt.Sprintf("%s is %s: it is left as it is", t.Name, t.State)}
	}
	return t, nil
}

// componentOf is a component of a topology by its id.
func componentOf(t *Topology, id string) (*plan.Component, error) {
	if c := t.Plan.Component(id); c != nil {
		return c, nil
	}
	var names []string
	for i := range t.Plan.Components {
		names = append(names, t.Plan.Components[i].ID)
	}
	return nil, nearest("component", id, names, gstorm.Nearest(id, names))
}

// restartable is why a component's tasks can't be given another process; nil: they can.
func restartable(c *plan.Component) error {
	if t := c.Implementation.Type; t == gstorm.BuiltinImplementation || t == gstorm.NativeImplementation {
		return &Error{Conflict, fmt.Sprintf("component %q is Go code inside of gstorm: its tasks have no processes of their own that others could replace", c.ID)}
	}
	return nil
}

// actions are those that can be done to a topology now, or to a component of it, by who may or not.
func actions(t *Topology, mayChange bool, about func(action string, t *Topology) bool) []string {
	if !mayChange {
		return []string{}
	}
	return listed(slices.DeleteFunc(slices.Clone(t.Actions), func(action string) bool { return !about(action, t) }))
}

// ofTopologies leaves out what makes sense for no component of a topology.
func ofTopologies(action string, t *Topology) bool {
	return action != Restart || t.Plan != nil && slices.ContainsFunc(t.Plan.Components, func(c plan.Component) bool { return restartable(&c) == nil })
}

// ofComponent leaves out what makes no sense for a component.
func ofComponent(id string) func(action string, t *Topology) bool {
	return func(action string, t *Topology) bool {
		if t.Plan == nil || t.Plan.Component(id) == nil {
			return false
		}
		return action == LogLevel || action == Restart && restartable(t.Plan.Component(id)) == nil
	}
}
