package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// ComponentView is all that the page shows of a component, among others.
type ComponentView struct {
	ID         string                `json:"id"`
	Kind       string                `json:"kind"`
	Tasks      int                   `json:"tasks"`
	Stage      int                   `json:"stage"`
	Command    string                `json:"command"` // what it is made of, in words
	File       string                `json:"file"`
	Line       int                   `json:"line"`
	Rates      Rates                 `json:"rates"`
	Capacity   float64               `json:"capacity"` // the highest of its tasks: how much of the time it had something to do
	Held       float64               `json:"held"`     // the same: how much of the time others kept it waiting
	Queue      uint64                `json:"queue"`
	QueueLimit uint64                `json:"queue_limit"`
	InFlight   uint64                `json:"in_flight"`
	Latency    stats.Latency         `json:"latency_ms"`
	Parts      *LatencyParts         `json:"latency_parts"`
	CPU        float64               `json:"cpu"` // cores
	Memory     uint64                `json:"memory_bytes"`
	Restarts   uint64                `json:"restarts"`
	Errors     uint64                `json:"errors"`
	LastError  *stats.ComponentError `json:"last_error"`
	Totals     Totals                `json:"totals"`
	Windows    []Window              `json:"windows"`

	average float64 // the mean of its tasks' capacities
	busiest int     // the task with the highest
}

// ComponentDetail is a component by itself.
type ComponentDetail struct {
	ComponentView
	Role      string                 `json:"role"`  // of who asks
	TaskViews []TaskView             `json:"tasks"` // in the place of how many there are
	Inputs    []InputView            `json:"inputs"`
	Outputs   []OutputView           `json:"outputs"`
	AllErrors []stats.ComponentError `json:"errors"` // in the place of how many there are
	Parallel  int                    `json:"task_count"`
	ErrorSum  uint64                 `json:"error_count"`
	Earlier   Totals                 `json:"earlier"` // what tasks had counted that are no more: with those of the tasks, the totals
	Actions   []string               `json:"actions"` // that are about components
}

// TaskView is a task. Its counts are over restarts of its worker too, which begins to count anew.
type TaskView struct {
	stats.Task
	Rates    Rates   `json:"rates"`
	Capacity float64 `json:"capacity"`
	Held     float64 `json:"held"`
	CPU      float64 `json:"cpu"`

	Parts   *LatencyParts `json:"latency_parts"`
	Windows []Window      `json:"windows"`
}

// InputView is what comes by an input.
type InputView struct {
	Source   string  `json:"source"`
	Stream   string  `json:"stream"`
	Grouping string  `json:"grouping"`
	Rate     float64 `json:"rate"`
	Executed uint64  `json:"executed"`
	Acked    uint64  `json:"acked"`
	Failed   uint64  `json:"failed"`
}

// OutputView is what goes into a stream.
type OutputView struct {
	Stream      string   `json:"stream"`
	Fields      []string `json:"fields"`
	Rate        float64  `json:"rate"`
	Emitted     uint64   `json:"emitted"`
	Transferred uint64   `json:"transferred"`
	To          []string `json:"to"`
}

// planned is a component's plan; nil: it has none.
func planned(r *record, id string) *plan.Component {
	if r.topology.Plan == nil {
		return nil
	}
	return r.topology.Plan.Component(id)
}

// counted are a component's counts as the snapshot has them; nil: nobody has counted it.
func counted(r *record, id string) *stats.Component {
	i := slices.IndexFunc(r.snapshot.Components, func(c stats.Component) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &r.snapshot.Components[i]
}

func viewComponent(r *record, id string, spans []span) ComponentView {
	v := ComponentView{ID: id, Rates: ratesOf(r, r.latelyOf(id)), Parts: partsOf(r.latelyOf(id)), Totals: totalsOf(r.now().components[id])}
	v.Windows = windowsOf(spans, r.now().components[id], func(f *frame) counts { return r.history.component(f, id) })
	if c := planned(r, id); c != nil {
		v.Kind, v.Tasks, v.Stage, v.File, v.Line = string(c.Kind), len(c.TaskIDs), c.Stage, c.At.File, c.At.Line
		v.Command = command(&c.Component)
	}
	if c := counted(r, id); c != nil {
		v.Kind, v.Queue, v.InFlight, v.Latency = c.Kind, c.Queue, c.InFlight, c.Latency
		v.Tasks = max(v.Tasks, c.Tasks)
	}
	v.Restarts, v.Errors = r.now().components[id].restarts, r.now().components[id].errors
	tasks := r.tasksOf[id]
	for _, t := range tasks {
		lately := r.latelyOfTask(t.ID)
		capacity := min(r.share(lately.busy), 1)
		if capacity > v.Capacity || v.busiest == 0 {
			v.busiest = t.ID
		}
		v.Capacity, v.Held = max(v.Capacity, capacity), max(v.Held, min(r.share(lately.held), 1))
		v.average += capacity
		v.QueueLimit += t.QueueLimit
		v.CPU += r.share(lately.cpu)
		v.Memory += t.Memory
	}
	v.average /= float64(max(len(tasks), 1))
	for i := range r.snapshot.Errors {
		if r.snapshot.Errors[i].Component == id {
			v.LastError = &r.snapshot.Errors[i]
		}
	}
	return v
}

// command is what a component is made of.
func command(c *gstorm.Component) string {
	i := &c.Implementation
	switch i.Type {
	case gstorm.ShellImplementation:
		return strings.Join(i.Command, " ")
	case gstorm.BuiltinImplementation:
		return i.Name
	}
	return strings.TrimSpace(cmp.Or(i.File, c.At.File) + " " + cmp.Or(c.Class, i.Component))
}

// viewDetail is the document of a component by itself, for who may change it or not.
func viewDetail(r *record, id string, spans []span, mayChange bool) *ComponentDetail {
	v := &ComponentDetail{ComponentView: viewComponent(r, id, spans), TaskViews: []TaskView{}, Inputs: []InputView{}, Outputs: []OutputView{}, AllErrors: []stats.ComponentError{}}
	v.Parallel, v.ErrorSum, v.Earlier, v.Actions = v.Tasks, v.Errors, v.Totals, actions(&r.topology, mayChange, ofComponent(id))
	for i := range r.snapshot.Tasks {
		t := r.snapshot.Tasks[i]
		if t.Component != id {
			continue
		}
		lately, n := r.latelyOfTask(t.ID), r.now().tasks[t.ID]
		t.Emitted, t.Transferred, t.Executed, t.Acked, t.Failed, t.Restarts, t.Errors = n.emitted, n.transferred, n.executed, n.acked, n.failed, n.restarts, n.errors
		v.Earlier = v.Earlier.without(n)
		v.TaskViews = append(v.TaskViews, TaskView{
			t, ratesOf(r, lately), min(r.share(lately.busy), 1), min(r.share(lately.held), 1), r.share(lately.cpu),
			partsOf(lately), r.tasks.windows(spans, t.ID, n),
		})
	}
	for i := range r.snapshot.Errors {
		if r.snapshot.Errors[i].Component == id {
			v.AllErrors = append(v.AllErrors, r.snapshot.Errors[i])
		}
	}
	c := planned(r, id)
	if c == nil {
		return v
	}
	for _, in := range c.Inputs {
		key := edgeKey{id, in.From, in.StreamID()}
		n := r.now().edges[key]
		v.Inputs = append(v.Inputs, InputView{in.From, in.StreamID(), grouping(&in), r.perSecond(r.latelyOfEdge(key).executed), n.executed, n.acked, n.failed})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Outputs)) {
		key := streamKey{id, name}
		n := r.now().streams[key]
		o := OutputView{name, listed([]string(c.Outputs[name].Fields)), r.perSecond(r.latelyOfStream(key).emitted), n.emitted, n.transferred, []string{}}
		for _, to := range c.Consumers[name] {
			o.To = append(o.To, to.Component)
		}
		v.Outputs = append(v.Outputs, o)
	}
	return v
}
