package ui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The severities, worst first.
const (
	Bad  = "bad"
	Warn = "warn"
	Info = "info"
)

var severities = []string{Bad, Warn, Info}

// Advice is something that whoever looks after a topology wants to know, and what to do about it.
type Advice struct {
	Severity  string `json:"severity"`
	Component string `json:"component"`
	Message   string `json:"message"`
	Advice    string `json:"advice"`
}

// Health is advice about anything in a cluster.
type Health struct {
	Severity  string `json:"severity"`
	Message   string `json:"message"`
	Advice    string `json:"advice"`
	Topology  string `json:"topology"`
	Component string `json:"component"`
	Node      string `json:"node"`
}

// What advice begins at.
const (
	busyShare   = 0.8  // of the time: a component that is about to be too slow
	fullShare   = 0.95 // one that is
	comfortable = 0.7  // what more tasks should come to
	skew        = 2    // how much busier than the mean of its component a task is that gets more than its share
	heldShare   = 0.5
	failedShare = 0.01
	slowShare   = 0.5 // of the message timeout
)

// advise says what there is to say of a topology, worst first. It looks at the document alone.
func advise(v *TopologyView) []Advice {
	var list []Advice
	add := func(severity, component, advice, format string, args ...any) {
		list = append(list, Advice{severity, component, fmt.Sprintf(format, args...), advice})
	}
	for _, problem := range v.problems {
		add(Bad, "", "", "%s", problem)
	}
	if len(v.missing) > 0 {
		add(Warn, "", "look whether their agents run: gstorm members", "no counts from %s", strings.Join(v.missing, ", "))
	}
	if n := notRunning(v.Workers); n > 0 && v.Status != Killed {
		add(Warn, "", "what they have to do waits; gstorm status says what keeps them", "%d of %d workers do not run", n, len(v.Workers))
	}
	bottleneck := busiest(v.Components)
	if bottleneck != nil {
		adviseTasks(bottleneck, add)
	}
	for i := range v.Components {
		c := &v.Components[i]
		if n := v.restarted[c.ID]; n > 0 {
			add(Bad, c.ID, "its last error says why", "tasks of %s were restarted, %d times in the last %.0f s", c.ID, n, recently.Seconds())
		} else if c.Restarts > 0 {
			add(Info, c.ID, "its last error says why", "tasks of %s were restarted %d times so far", c.ID, c.Restarts)
		}
		if ended := c.Rates.Acked + c.Rates.Failed; c.Rates.Failed > 0 {
			severity := Warn
			if c.Rates.Failed > failedShare*ended {
				severity = Bad
			}
			what := "tuples"
			if c.Kind == spout {
				what = "trees"
			}
			add(severity, c.ID, "see its errors, and the logs of the time", "%.1f %% of the %s of %s fail, %.1f a second", 100*c.Rates.Failed/ended, what, c.ID, c.Rates.Failed)
		}
		if c.Kind == spout && c.Held > heldShare {
			advice := "the components after it take no more: see which of them is the busiest"
			if bottleneck != nil {
				advice = "it waits for " + bottleneck.ID
			}
			add(Info, c.ID, advice, "%s is held back %.0f %% of the time", c.ID, 100*c.Held)
		}
	}
	adviseTrees(v, add)
	sortWorst(list, func(a Advice) string { return a.Severity })
	return list
}

func sortWorst[T any](list []T, severity func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int {
		return cmp.Compare(slices.Index(severities, severity(a)), slices.Index(severities, severity(b)))
	})
}

func notRunning(workers []Worker) (n int) {
	for i := range workers {
		if !workers[i].Running {
			n++
		}
	}
	return n
}

// busiest is the bolt that has the least to spare; nil: all have enough.
func busiest(components []ComponentView) *ComponentView {
	var found *ComponentView
	for i := range components {
		if c := &components[i]; c.Kind == bolt && c.Capacity >= busyShare && (found == nil || c.Capacity > found.Capacity) {
			found = c
		}
	}
	return found
}

func adviseTasks(c *ComponentView, add func(severity, component, advice, format string, args ...any)) {
	severity := Warn
	if c.Capacity >= fullShare {
		severity = Bad
	}
	if c.Tasks > 1 && c.Capacity > skew*c.average {
		add(severity, c.ID, "more tasks do not help: its grouping gives one of them most of the tuples", "task %d of %s is at %.2f of its capacity, all tasks on average at %.2f", c.busiest, c.ID, c.Capacity, c.average)
		return
	}
	tasks := max(int(math.Ceil(float64(c.Tasks)*max(c.average, 0.01)/comfortable)), c.Tasks+1)
	add(severity, c.ID, fmt.Sprintf("try %d tasks", tasks), "%s is at %.2f of its capacity", c.ID, c.Capacity)
}

// adviseTrees says what there is to say of trees: that they are not complete in time, or that little is left of it.
func adviseTrees(v *TopologyView, add func(severity, component, advice, format string, args ...any)) {
	timeout := v.timeout
	if v.Trees.TimedOut > 0 {
		add(Warn, "", "a bolt does not answer, or queues are long: see capacity, or raise topology.message.timeout.secs, or lower topology.max.spout.pending",
			"%d trees were not complete in time so far", v.Trees.TimedOut)
	}
	if timeout > 0 && v.Latency.P99 > slowShare*timeout*1000 {
		add(Warn, "", "trees that take longer fail, and come again", "the slowest trees take %.1f s, and may take %.0f s", v.Latency.P99/1000, timeout)
	}
}
