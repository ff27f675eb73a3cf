package ui

import (
	"fmt"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Overview is the page's first document: what is wrong now, and what there is.
type Overview struct {
	Kind       string          `json:"kind"`
	Cluster    string          `json:"cluster"`
	Version    string          `json:"version"`
	Now        time.Time       `json:"now"`
	Role       string          `json:"role"` // of who asks
	Health     []Health        `json:"health"`
	Nodes      []Node          `json:"nodes"`
	Topologies []TopologyEntry `json:"topologies"`
}

// TopologyEntry is a topology in the Overview.
type TopologyEntry struct {
	Name       string        `json:"name"`
	ID         string        `json:"id"`
	Status     string        `json:"status"`
	State      string        `json:"state"`
	Version    int           `json:"version"`
	Uptime     float64       `json:"uptime_seconds"`
	Workers    int           `json:"workers"`
	Running    int           `json:"running"`
	Tasks      int           `json:"tasks"`
	Components int           `json:"components"`
	Rates      TopologyRates `json:"rates"`
	Pending    uint64        `json:"pending"`
	Latency    stats.Latency `json:"latency_ms"`
	Capacity   float64       `json:"capacity"` // the highest of its bolts: a spout that waits for its source is busy all the time
	Problems   []string      `json:"problems"`
}

// viewOverview makes it; records are those of the cluster's topologies, by id.
func viewOverview(c *Cluster, records map[string]*record, now time.Time, role string) *Overview {
	o := &Overview{
		Kind: c.Kind, Cluster: c.Name, Version: c.Version, Now: now, Role: role, Health: []Health{}, Nodes: listed(c.Nodes), Topologies: []TopologyEntry{},
	}
	for i := range o.Nodes {
		n := &o.Nodes[i]
		n.Tags = listed(n.Tags)
		if n.Status == "failed" {
			o.Health = append(o.Health, Health{Severity: Bad, Node: n.Name, Message: n.Name + " does not answer", Advice: "look whether its machine and its agent run; if it won't come back: DELETE /v1/nodes/" + n.ID})
		}
	}
	for i := range c.Topologies {
		t := &c.Topologies[i]
		r := records[t.ID]
		if r == nil {
			r = newRecord()
			r.look(t)
		}
		e := TopologyEntry{
			Name: t.Name, ID: t.ID, Status: t.Status, State: t.State, Version: t.Version, Uptime: r.uptime(now), Workers: len(t.Workers), Running: len(t.Workers) - notRunning(t.Workers),
			Rates: topologyRates(r), Pending: r.snapshot.Trees.Pending, Latency: topologyLatency(&r.snapshot), Problems: listed(t.Problems),
		}
		if t.Plan != nil {
			e.Tasks, e.Components = len(t.Plan.Tasks), len(t.Plan.Components)
		}
		v := viewTopology(r, c.Kind, now, false)
		for i := range v.Components {
			if v.Components[i].Kind == bolt {
				e.Capacity = max(e.Capacity, v.Components[i].Capacity)
			}
		}
		o.Topologies = append(o.Topologies, e)
		for _, a := range v.Advice {
			if a.Severity != Info {
				o.Health = append(o.Health, Health{a.Severity, a.Message, a.Advice, t.Name, a.Component, ""})
			}
		}
	}
	if c.Kind == ClusterKind && len(c.Topologies) > 0 && slots(c.Nodes) == 0 {
		o.Health = append(o.Health, Health{Severity: Bad, Message: "no node takes workers", Advice: "start agents with --slots"})
	}
	sortWorst(o.Health, func(h Health) string { return h.Severity })
	return o
}

// slots is how many workers the nodes take that are there.
func slots(nodes []Node) (n int) {
	for i := range nodes {
		if nodes[i].Status == "alive" {
			n += nodes[i].Slots
		}
	}
	return n
}

// nearest is the end of an error about a name that there is not: which one may have been meant.
func nearest(what, name string, names []string, near string) error {
	switch {
	case near != "":
		return notFoundf("there is no %s %q, did you mean %q?", what, name, near)
	case len(names) == 0:
		return notFoundf("there is no %s %q, nor any other", what, name)
	}
	return notFoundf("there is no %s %q, but %s", what, name, fmt.Sprint(names[:min(len(names), 10)]))
}
