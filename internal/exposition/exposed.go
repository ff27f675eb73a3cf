package exposition

import (
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gstorm/gstorm/internal/stats"
)

// exposed is one topology on its way out.
type exposed struct {
	*Topology
	out chan<- prometheus.Metric
}

func (e *exposed) topology() {
	s := &e.Stats
	e.send(topologyInfo, 1, s.State)
	e.send(topologyStart, float64(s.Started.UnixMilli())/1000)
	e.send(treesEmitted, float64(s.Trees.Emitted))
	e.send(treesAcked, float64(s.Trees.Acked))
	e.send(treesFailed, float64(s.Trees.Failed))
	e.send(treesTimedOut, float64(s.Trees.TimedOut))
	e.send(treesLate, float64(s.Trees.Late))
	e.send(treesPending, float64(s.Trees.Pending))
	for i := range s.Components {
		e.component(&s.Components[i])
	}
	for i := range s.Tasks {
		e.task(&s.Tasks[i])
	}
	for i := range s.Streams {
		stream := &s.Streams[i]
		e.send(streamEmitted, float64(stream.Emitted), stream.Component, stream.Stream)
		e.send(streamTransfers, float64(stream.Transferred), stream.Component, stream.Stream)
	}
	for i := range s.Edges {
		edge := &s.Edges[i]
		e.send(edgeExecuted, float64(edge.Executed), edge.Component, edge.Source, edge.Stream)
		e.send(edgeAcked, float64(edge.Acked), edge.Component, edge.Source, edge.Stream)
		e.send(edgeFailed, float64(edge.Failed), edge.Component, edge.Source, edge.Stream)
	}
	e.reported(s.Metrics)
}

func (e *exposed) component(c *stats.Component) {
	e.send(componentTasks, float64(c.Tasks), c.ID, c.Kind)
	e.counts(&ofComponent, c, c.ID, c.Kind)
}

func (e *exposed) task(t *stats.Task) {
	labels := []string{t.Component, t.Kind, strconv.Itoa(t.ID)}
	worker := ""
	if t.Worker != 0 {
		worker = strconv.Itoa(t.Worker)
	}
	e.send(taskInfo, 1, append(labels[:len(labels):len(labels)], t.State, worker)...)
	if !t.Since.IsZero() {
		e.send(taskStart, float64(t.Since.UnixMilli())/1000, labels...)
	}
	if t.QueueLimit > 0 {
		e.send(taskLimit, float64(t.QueueLimit), labels...)
	}
	e.send(taskBusy, t.Busy, labels...)
	e.send(taskHeld, t.Held, labels...)
	if t.CPU > 0 || t.Memory > 0 {
		e.send(taskCPU, t.CPU, labels...)
		e.send(taskMemory, float64(t.Memory), labels...)
	}
	e.mean(taskQueued, t.Spent.Queued, t.Spent.Queue, labels...)
	e.mean(taskPiped, t.Spent.Answered, t.Spent.Pipe, labels...)
	e.mean(taskChild, t.Spent.Answered, t.Spent.Child, labels...)
	alone := stats.Component{Latency: t.Latency}
	alone.Add(t)
	e.counts(&ofTask, &alone, labels...)
}

// counts sends what a component, or a task, has counted.
func (e *exposed) counts(f *counts, c *stats.Component, labels ...string) {
	e.send(f.emitted, float64(c.Emitted), labels...)
	e.send(f.transferred, float64(c.Transferred), labels...)
	e.send(f.executed, float64(c.Executed), labels...)
	e.send(f.acked, float64(c.Acked), labels...)
	e.send(f.failed, float64(c.Failed), labels...)
	e.send(f.restarts, float64(c.Restarts), labels...)
	e.send(f.errors, float64(c.Errors), labels...)
	e.send(f.queue, float64(c.Queue), labels...)
	e.send(f.inFlight, float64(c.InFlight), labels...)
	l := &c.Latency
	if l.Count == 0 {
		return
	}
	values := e.labels(labels)
	e.give(prometheus.NewConstSummary(f.latency, l.Count, l.Mean*float64(l.Count)/1000, map[float64]float64{0.5: l.P50 / 1000, 0.99: l.P99 / 1000}, values...))
	e.give(prometheus.NewConstMetric(f.longest, prometheus.GaugeValue, l.Max/1000, values...))
}

// mean sends how many seconds something took in sum, if it was ever measured.
func (e *exposed) mean(desc *prometheus.Desc, n uint64, seconds float64, labels ...string) {
	if n > 0 {
		e.give(prometheus.NewConstSummary(desc, n, seconds, nil, e.labels(labels)...))
	}
}

func (e *exposed) send(f family, value float64, labels ...string) {
	e.give(prometheus.NewConstMetric(f.desc, f.kind, value, e.labels(labels)...))
}

// labels are all values of labels, behind those that are common. What is not UTF-8 in them can't be told.
func (e *exposed) labels(own []string) []string {
	all := append([]string{e.Cluster, e.Node, e.Stats.Topology}, own...)
	for i, label := range all {
		all[i] = strings.ToValidUTF8(label, "\uFFFD")
	}
	return all
}

func (e *exposed) give(m prometheus.Metric, err error) {
	if err == nil { // it would be of labels that are not those of the family
		e.out <- m
	}
}
