package agent

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// page is the cluster as package ui shows it. It implements ui.Source. Any agent has it; requests go to the leader, which alone
// collects counts: when another agent leads, it asks all for the past that they have kept (past.go).
type page struct {
	*Agent
	server  *ui.Server
	started time.Time

	mu   sync.Mutex // guards seen
	seen map[placed]time.Time
}

// placed is a node where a topology has, or had, workers.
type placed struct{ topology, node string }

// unwatched is how often the counts of topologies are collected that nobody looks at.
const unwatched = 10 * time.Second

func newPage(a *Agent) *page {
	p := &page{Agent: a, started: time.Now(), seen: map[placed]time.Time{}}
	p.server = ui.New(ui.Options{
		Source: p, Logger: a.log, Every: unwatched, Past: p.past, RoleOf: func(r *http.Request) string { return r.Header.Get(roleHeader) },
		Restart: p.restart, LogLevels: p,
	})
	return p
}

// routes are those of the page; of none if there is to be no page.
func (p *page) routes() map[string]route {
	if !p.options.UI {
		return nil
	}
	return p.mounted(p.server.Routes())
}

// mounted are routes of package ui as those of an agent.
func (p *page) mounted(routes map[string]ui.Route) map[string]route {
	all := map[string]route{}
	for pattern, to := range routes {
		all[pattern] = route{role: to.Role, leader: to.Role != "", page: true, handle: func(w http.ResponseWriter, r *http.Request) error {
			to.Handler.ServeHTTP(w, r)
			return nil
		}}
	}
	return all
}

// roleHeader says to the leader which role has who asks, for what the page offers: what is done is checked by the agent that
// was asked for it. A member of the cluster says it for others.
const roleHeader = "Gstorm-Role"

// roleOf is the role of who makes a request.
func (a *Agent) roleOf(r *http.Request, state *tls.ConnectionState) string {
	check := a.options.Security.Check
	if check == nil {
		check = func(*http.Request, *tls.ConnectionState, string) error { return nil }
	}
	if told := r.Header.Get(roleHeader); slices.Contains([]string{Read, Operate, Admin}, told) && check(r, state, Internal) == nil {
		return told
	}
	for _, role := range []string{Admin, Operate} {
		if check(r, state, role) == nil {
			return role
		}
	}
	return Read
}

// Look implements ui.Source.
func (p *page) Look() *ui.Cluster {
	state, _ := p.consensus.State()
	c := &ui.Cluster{Kind: ui.ClusterKind, Name: p.options.Cluster, Version: p.options.Version, Started: p.started}
	for _, m := range p.members(state).Members {
		c.Nodes = append(c.Nodes, ui.Node{
			ID: m.ID, Name: m.Name, Address: m.Address, Status: m.Status, Since: m.Since, Version: m.Version, Role: m.Role, Slots: m.Slots,
			Workers: m.Workers, Tags: m.Tags, Draining: m.Draining,
		})
	}
	for _, t := range state.Sorted() {
		c.Topologies = append(c.Topologies, p.topology(state, t))
	}
	return c
}

func (p *page) topology(state *fsm.State, t *fsm.Topology) ui.Topology {
	s := p.desk.summary(state, t)
	v := ui.Topology{
		Name: s.Name, ID: s.ID, Status: string(s.Status), State: s.State, Version: s.Version, Submitted: s.Submitted, By: s.By, File: s.File, Bundle: s.Bundle,
		Problems: s.Problems,
	}
	if planned, err := p.plans.of(t); err == nil {
		v.Plan = planned
	}
	switch t.Status {
	case fsm.Active:
		v.Actions = []string{ui.Deactivate, ui.Rebalance, ui.Kill}
	case fsm.Inactive:
		v.Actions = []string{ui.Activate, ui.Rebalance, ui.Kill}
	}
	if len(v.Actions) > 0 {
		v.Actions = append(v.Actions, ui.LogLevel)
	}
	if len(v.Actions) > 0 && !t.Resting() {
		v.Actions = append(v.Actions, ui.Restart)
	}
	for _, w := range s.Nodes {
		v.Workers = append(v.Workers, ui.Worker{
			ID: w.ID, Node: w.Node, NodeName: w.NodeName, Address: w.Address, PID: w.PID, Tasks: len(w.Tasks), Running: w.Running, Restarts: w.Restarts,
			Doing: w.Doing, Problem: w.Problem, TaskIDs: w.Tasks,
		})
	}
	return v
}

// Counts implements ui.Source.
func (p *page) Counts(ctx context.Context, t *ui.Topology) (stats.Snapshot, []ui.NodeSums, []string) {
	state, _ := p.consensus.State()
	found, err := state.ByID(t.ID)
	if err != nil { // it has just gone
		return stats.Snapshot{}, nil, nil
	}
	parts, sums, missing := p.counted(ctx, state, t.ID, found.Placement.Workers, p.places(found))
	return p.add(found, parts), sums, missing
}

// places are the nodes with workers of a topology, and those that had some until lately: these have counted up to their end.
func (p *page) places(t *fsm.Topology) (nodes []string) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range t.Placement.Workers {
		p.seen[placed{t.ID, w.Node}] = now
	}
	for at, last := range p.seen {
		if now.Sub(last) > keepCounts {
			delete(p.seen, at)
		} else if at.topology == t.ID {
			nodes = append(nodes, at.node)
		}
	}
	return nodes
}

// Change implements ui.Source.
func (p *page) Change(ctx context.Context, t *ui.Topology, action string, c ui.Change) error {
	return pageError(p.change(ctx, t.Name, action, &api.Change{Wait: c.Wait, Workers: c.Workers, Parallelism: c.Parallelism}))
}

// plans are the plans of topologies, which are asked for again and again.
type plans struct {
	mu   sync.Mutex // guards made
	made map[planKey]*plan.Plan
}

// planKey is what a plan is made of: the shape grows with all else.
type planKey struct {
	topology string
	version  int
	shape    uint64
	workers  int
}

// mostPlans is how many are kept.
const mostPlans = 1000

func (p *plans) of(t *fsm.Topology) (*plan.Plan, error) {
	key := planKey{t.ID, t.Version, t.Shape, t.Workers}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.made[key]; known != nil {
		return known, nil
	}
	made, err := control.Plan(t)
	if err != nil {
		return nil, err
	}
	if p.made == nil || len(p.made) >= mostPlans {
		p.made = map[planKey]*plan.Plan{}
	}
	p.made[key] = made
	return made, nil
}
