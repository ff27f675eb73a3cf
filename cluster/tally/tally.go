// Package tally adds up what the workers of a topology have counted.
package tally

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/internal/latency"
	"github.com/gstorm/gstorm/internal/stats"
)

// Part is what one worker has counted.
type Part struct {
	// Worker and Node are the worker's number and the name of its node: who collects the parts knows them.
	Worker int            `json:"-"`
	Node   string         `json:"-"`
	Stats  stats.Snapshot `json:"stats"`
	// Latencies are the distributions behind the latencies of components, by id, in microseconds, in HdrHistogram's compressed
	// form (version 2): percentiles can't be added up, they can.
	Latencies map[string][]byte `json:"latencies,omitempty"`
}

// Sum is the counts of a whole topology. The error names a part that makes no sense, whose latencies are left out.
func Sum(parts []Part) (sum stats.Snapshot, err error) {
	index := map[string]int{}
	var tasks []stats.Task
	latencies := map[string]*hdrhistogram.Histogram{}
	for _, p := range parts {
		s := &p.Stats
		sum.Topology = s.Topology
		if sum.Started.IsZero() || s.Started.Before(sum.Started) {
			sum.Started = s.Started
		}
		sum.Seconds = max(sum.Seconds, s.Seconds)
		sum.State = slowest(sum.State, s.State)
		addTrees(&sum.Trees, &s.Trees)
		for i := range s.Components {
			c := &s.Components[i]
			at, known := index[c.ID]
			if !known {
				at = len(sum.Components)
				index[c.ID] = at
				sum.Components = append(sum.Components, stats.Component{ID: c.ID, Kind: c.Kind})
			}
			addComponent(&sum.Components[at], c)
		}
		for _, t := range s.Tasks {
			t.Worker, t.Node = p.Worker, p.Node
			tasks = append(tasks, t)
		}
		sum.Streams = append(sum.Streams, s.Streams...)
		sum.Edges = append(sum.Edges, s.Edges...)
		for id, text := range p.Latencies {
			h, decodeErr := hdrhistogram.Decode(text)
			if decodeErr != nil {
				err = fmt.Errorf("the latencies of component %q can't be read: %w", id, decodeErr)
				continue
			}
			if latencies[id] == nil {
				latencies[id] = h
			} else {
				latencies[id].Merge(h)
			}
		}
		sum.Errors = append(sum.Errors, s.Errors...)
		sum.Metrics = append(sum.Metrics, s.Metrics...)
	}
	for _, id := range slices.Sorted(maps.Keys(latencies)) {
		if at, known := index[id]; known {
			sum.Components[at].Latency = latency.Of(latencies[id])
		}
	}
	sum.Tasks = sumTasks(tasks, index)
	sum.Streams = sumStreams(sum.Streams, index)
	sum.Edges = sumEdges(sum.Edges, index)
	slices.SortStableFunc(sum.Errors, func(a, b stats.ComponentError) int { return a.Time.Compare(b.Time) })
	slices.SortStableFunc(sum.Metrics, func(a, b stats.Metric) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Name, b.Name))
	})
	return sum, err
}

// states are those of a run, in the order in which the sum of several takes them.
var states = []string{stats.Failed, stats.Starting, stats.Draining, stats.Running, stats.Stopped, stats.Finished}

func slowest(a, b string) string {
	if a == "" || slices.Index(states, b) < slices.Index(states, a) {
		return b
	}
	return a
}

func addTrees(sum, t *stats.Trees) {
	sum.Emitted += t.Emitted
	sum.Acked += t.Acked
	sum.Failed += t.Failed
	sum.TimedOut += t.TimedOut
	sum.Pending += t.Pending
	sum.Late += t.Late
}

func addComponent(sum, c *stats.Component) {
	sum.Tasks += c.Tasks
	sum.Emitted += c.Emitted
	sum.Transferred += c.Transferred
	sum.Executed += c.Executed
	sum.Acked += c.Acked
	sum.Failed += c.Failed
	sum.Restarts += c.Restarts
	sum.Errors += c.Errors
	sum.Queue += c.Queue
	sum.InFlight += c.InFlight
	sum.Spent.Add(&c.Spent)
}

// Encode is a histogram as a Part has it.
func Encode(h *hdrhistogram.Histogram) ([]byte, error) {
	return h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}
