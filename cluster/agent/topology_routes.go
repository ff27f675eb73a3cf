package agent

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/gossip"
	"github.com/gstorm/gstorm/cluster/tally"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// getTopologies lists all topologies, if that is asked for also those that are no more.
func (a *Agent) getTopologies(w http.ResponseWriter, r *http.Request) error {
	state, _ := a.consensus.State()
	list := []api.Topology{}
	for _, t := range state.Sorted() {
		list = append(list, a.desk.summary(state, t).Topology)
	}
	if r.URL.Query().Get("all") != "" {
		for _, e := range state.Ended {
			list = append(list, ended(e))
		}
	}
	return a.answer(w, list)
}

// getTopology is all about one.
func (a *Agent) getTopology(w http.ResponseWriter, r *http.Request) error {
	state, _ := a.consensus.State()
	t, err := state.Topology(r.PathValue("name"))
	if err != nil {
		if e, err := state.Past(r.PathValue("name")); err == nil {
			return a.answer(w, api.TopologyStatus{Topology: ended(e)})
		}
		return known(err, state)
	}
	s := a.desk.summary(state, t)
	var links []api.Link
	s.Stats, links, s.Missing = a.sum(r.Context(), state, t)
	if r.URL.Query().Get("links") != "" {
		s.Links = links
	}
	return a.answer(w, s)
}

// known adds to the error for a name that there is not which names there are.
func known(err error, state *fsm.State) error {
	var names []string
	for _, t := range state.Sorted() {
		names = append(names, t.Name)
	}
	message := err.Error() + "; no topology runs"
	if len(names) > 0 {
		message = err.Error() + ", but " + strings.Join(names[:min(len(names), 10)], ", ")
	}
	return &api.Error{Kind: api.NotFound, Message: message}
}

// sum adds up what the workers of a topology have counted. missing are nodes that can't be asked.
func (a *Agent) sum(ctx context.Context, state *fsm.State, t *fsm.Topology) (sum stats.Snapshot, links []api.Link, missing []string) {
	parts, missing := a.parts(ctx, state, t.ID, t.Placement.Workers)
	sum = a.add(t, parts)
	for i := range parts {
		links = append(links, parts[i].Links...)
	}
	return sum, links, missing
}

// add adds up parts of a topology.
func (a *Agent) add(t *fsm.Topology, parts []api.WorkerStats) stats.Snapshot {
	sum, err := sumOf(parts)
	if err != nil {
		a.log.Error("counts of workers make no sense", "error", err)
	}
	sum.Topology = t.Name
	return sum
}

func sumOf(list []api.WorkerStats) (stats.Snapshot, error) {
	var parts []tally.Part
	for _, s := range list {
		parts = append(parts, s.Part)
	}
	return tally.Sum(parts)
}

// parts are what workers of a topology, by its id, have counted. missing are nodes that can't be asked.
func (a *Agent) parts(ctx context.Context, state *fsm.State, topology string, workers []fsm.Worker) (parts []api.WorkerStats, missing []string) {
	var nodes []string
	for _, w := range workers {
		nodes = append(nodes, w.Node)
	}
	parts, _, missing = a.counted(ctx, state, topology, workers, nodes)
	return parts, missing
}

// counted is parts, of these nodes, with what each of them has counted over all lives of workers.
func (a *Agent) counted(ctx context.Context, state *fsm.State, topology string, workers []fsm.Worker, nodes []string) (
	parts []api.WorkerStats, sums []ui.NodeSums, missing []string,
) {
	var mu sync.Mutex // guards the results
	var asking sync.WaitGroup
	slices.Sort(nodes)
	for _, id := range slices.Compact(nodes) {
		node := state.Nodes[id]
		if node == nil {
			continue
		}
		asking.Go(func() {
			counts, err := a.countsOf(ctx, node, topology)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missing = append(missing, node.Name)
				return
			}
			sums = append(sums, ui.NodeSums{Node: id, Sums: counts.Sums})
			for _, s := range counts.Workers {
				// The counts of those that have lost their place are kept for a while, and are those of other tasks.
				if slices.ContainsFunc(workers, func(w fsm.Worker) bool { return w.ID == s.Worker && w.Node == node.ID }) {
					s.Part.Worker, s.Part.Node = s.Worker, node.Name
					parts = append(parts, s)
				}
			}
		})
	}
	asking.Wait()
	slices.Sort(missing)
	slices.SortFunc(parts, func(a, b api.WorkerStats) int { return cmp.Compare(a.Worker, b.Worker) })
	return parts, sums, missing
}

// askNodes bounds how long another agent may take to answer.
const askNodes = 2 * time.Second

func (a *Agent) countsOf(ctx context.Context, node *fsm.Node, topology string) (api.NodeCounts, error) {
	if node.ID == a.id {
		return a.nodeCounts(topology), nil
	}
	ctx, cancel := context.WithTimeout(ctx, askNodes)
	defer cancel()
	return a.at(node.Address).NodeCounts(ctx, topology)
}

// postTopology takes a submission.
func (a *Agent) postTopology(w http.ResponseWriter, r *http.Request) error {
	var s api.Submission
	if err := read(r, &s); err != nil {
		return err
	}
	if err := a.check(r.Context(), s.Name, &s.Source); err != nil {
		return err
	}
	status := fsm.Active
	if s.Inactive {
		status = fsm.Inactive
	}
	if err := a.consensus.Apply(&fsm.Submit{Name: s.Name, Source: s.Source, At: time.Now().UTC(), By: s.By, Status: status}); err != nil {
		return err
	}
	state, _ := a.consensus.State()
	t, err := state.Topology(s.Name)
	if err != nil {
		return err
	}
	return a.answer(w, a.desk.summary(state, t).Topology)
}

// check is what is wrong with what is to be run. Its bundle is given to all that keep the log.
func (a *Agent) check(ctx context.Context, name string, source *fsm.Source) error {
	invalid := func(format string, args ...any) error {
		return &api.Error{Kind: api.Invalid, Message: fmt.Sprintf(format, args...)}
	}
	hash := blob.Hash(source.Bundle)
	switch {
	case name == "":
		return invalid("the topology has no name")
	case !hash.Valid():
		return invalid("%q is no hash of a bundle", source.Bundle)
	}
	described, err := gstorm.ReadTopology(bytes.NewReader(source.Description))
	if err != nil {
		return invalid("the topology's description can't be read: %v", err)
	}
	described.Name = name
	if errs := described.Validate(a.options.Builtins).Errors(); len(errs) > 0 {
		return invalid("%v", errs)
	}
	t := &fsm.Topology{Name: name, ID: name + "-1", Source: *source}
	if err := fsm.CheckID(t.ID); err != nil {
		return invalid("%v", err)
	}
	if _, err := control.Plan(t); err != nil {
		return invalid("%v", err)
	}
	if err := a.node.fetch(ctx, hash); err != nil {
		return err
	}
	return a.node.spread(ctx, hash)
}

// changeTopology kills, activates, deactivates, rebalances, upgrades or rolls back a topology.
func (a *Agent) changeTopology(w http.ResponseWriter, r *http.Request) error {
	var c api.Change
	if err := read(r, &c); err != nil {
		return err
	}
	if err := a.change(r.Context(), r.PathValue("name"), r.PathValue("action"), &c); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// change does an action to a topology.
func (a *Agent) change(ctx context.Context, name, action string, c *api.Change) error {
	state, _ := a.consensus.State()
	t, err := state.Topology(name)
	if err != nil {
		return known(err, state)
	}
	until := time.Now().UTC().Add(wait(t, c.Wait))
	var command fsm.Command
	switch action {
	case "kill":
		command = &fsm.Kill{Name: name, Until: until, Ending: fsm.Ending{How: fsm.ByKill, By: c.By}}
	case "activate":
		command = &fsm.SetStatus{Name: name, Status: fsm.Active}
	case "deactivate":
		command = &fsm.SetStatus{Name: name, Status: fsm.Inactive}
	case "rebalance":
		if err := checkRebalance(t, c); err != nil {
			return err
		}
		command = &fsm.Rebalance{Name: name, Workers: c.Workers, Parallelism: c.Parallelism, Until: until}
	case "upgrade":
		if c.Source == nil {
			return &api.Error{Kind: api.Invalid, Message: "an upgrade needs a source"}
		}
		if err := a.check(ctx, name, c.Source); err != nil {
			return err
		}
		command = &fsm.Upgrade{Name: name, Source: *c.Source, Until: until}
	case "rollback":
		command = &fsm.Rollback{Name: name, Until: until, TakeBack: c.TakeBack}
	default:
		return &api.Error{Kind: api.NotFound, Message: fmt.Sprintf("a topology can't be told to %s", action)}
	}
	return a.consensus.Apply(command)
}

// wait is how long a topology may take to come to rest: as Storm has it, as long as a tuple may take, if nothing is said.
func wait(t *fsm.Topology, seconds float64) time.Duration {
	if seconds >= 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	if p, err := control.Plan(t); err == nil {
		if d, ok, err := p.Config.Seconds(gstorm.TopologyMessageTimeout); err == nil && ok {
			return d
		}
	}
	return 30 * time.Second
}

func checkRebalance(t *fsm.Topology, c *api.Change) error {
	p, err := control.Plan(t)
	if err != nil {
		return err
	}
	if c.Workers < 0 || c.Workers == 0 && len(c.Parallelism) == 0 {
		return &api.Error{Kind: api.Invalid, Message: "a rebalance says how many workers there are to be (above 0), or how many tasks of which component"}
	}
	for id, n := range c.Parallelism {
		if p.Component(id) == nil {
			var ids []string
			for i := range p.Components {
				ids = append(ids, p.Components[i].ID)
			}
			return &api.Error{Kind: api.Invalid, Message: fmt.Sprintf("topology %q has no component %q, but %s", t.Name, id, strings.Join(ids, ", "))}
		}
		if n < 1 {
			return &api.Error{Kind: api.Invalid, Message: fmt.Sprintf("component %q can't have %d tasks", id, n)}
		}
	}
	return nil
}

// summary is what is known of a topology, but for its counts.
func (d *desk) summary(state *fsm.State, t *fsm.Topology) api.TopologyStatus {
	s := api.TopologyStatus{
		Topology: api.Topology{
			Name: t.Name, ID: t.ID, Status: t.Status, Version: t.Version, Submitted: t.Submitted, By: t.By, Workers: len(t.Placement.Workers),
		},
		Bundle: t.Source.Bundle, File: t.Source.File,
	}
	if p, err := d.plans.of(t); err == nil {
		s.Tasks, s.Components = len(p.Tasks), len(p.Components)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Problems = slices.Clone(d.problems[t.Name])
	if d.leader == nil {
		return s
	}
	ready := 0
	for _, w := range t.Placement.Workers {
		entry := api.Worker{ID: w.ID, Node: w.Node, Tasks: w.Tasks}
		if n := state.Nodes[w.Node]; n != nil {
			entry.NodeName = n.Name
		}
		if q, ok := d.leader.Worker(t.ID, w.ID); ok {
			entry.Running, entry.Ready, entry.PID, entry.Address = true, q.Ready, q.PID, q.Address
			s.Running++
			if q.Ready {
				ready++
			}
		}
		report, _ := d.leader.Node(w.Node)
		for _, r := range report.Workers {
			if r.Topology == t.ID && r.Worker == w.ID {
				entry.Restarts, entry.Doing, entry.Problem = r.Restarts, r.Doing, r.Problem
				if entry.Problem != "" && !entry.Running {
					s.Problems = append(s.Problems, fmt.Sprintf("worker %d at %s: %s", w.ID, entry.NodeName, entry.Problem))
				}
			}
		}
		s.Nodes = append(s.Nodes, entry)
	}
	s.State = describe(t, &s, ready)
	return s
}

// describe says in words what a topology does.
func describe(t *fsm.Topology, s *api.TopologyStatus, ready int) string {
	switch {
	case t.Status == fsm.Killed && s.Workers == 0:
		return "ended"
	case t.Status == fsm.Killed:
		return "ending"
	case t.Resting():
		return "coming to rest, to take another shape"
	case s.Workers == 0:
		return "waiting for a place"
	case ready < s.Workers:
		return fmt.Sprintf("starting, %d of %d workers are ready", ready, s.Workers)
	case t.Status == fsm.Inactive:
		return "inactive"
	}
	return "running"
}

// getMembers are the agents.
func (a *Agent) getMembers(w http.ResponseWriter, _ *http.Request) error {
	state, _ := a.consensus.State()
	return a.answer(w, a.members(state))
}

// members are the agents, with what the state has of their nodes.
func (a *Agent) members(state *fsm.State) api.Members {
	workers := map[string]int{}
	for _, t := range state.Topologies {
		for _, w := range t.Placement.Workers {
			workers[w.Node]++
		}
	}
	running := a.desk.running()
	m := api.Members{Cluster: a.options.Cluster, Members: slices.DeleteFunc(a.roster(), func(m api.Member) bool {
		return m.Status != string(gossip.Alive) && state.Nodes[m.ID] == nil // it is forgotten; gossip has only not heard of it
	})}
	known := map[string]bool{}
	for i := range m.Members {
		entry := &m.Members[i]
		known[entry.ID] = true
		entry.Workers, entry.Running = workers[entry.ID], running[entry.ID]
		if n := state.Nodes[entry.ID]; n != nil {
			entry.Slots, entry.Tags, entry.Draining = n.Slots, n.Tags, n.Draining
		}
	}
	for id, n := range state.Nodes { // that gossip has forgotten, or has not heard of yet
		if !known[id] {
			m.Members = append(m.Members, api.Member{
				ID: id, Name: n.Name, Address: n.Address, Status: string(gossip.Failed), Since: n.Lost, Version: n.Version, Slots: n.Slots,
				Workers: workers[id], Running: running[id], Tags: n.Tags, Draining: n.Draining,
			})
		}
	}
	slices.SortFunc(m.Members, func(x, y api.Member) int { return strings.Compare(x.Name+" "+x.ID, y.Name+" "+y.ID) })
	return m
}

// nodeID finds a node by its id or name.
func nodeID(state *fsm.State, name string) (string, error) {
	if state.Nodes[name] != nil {
		return name, nil
	}
	var found []string
	for id, n := range state.Nodes {
		if n.Name == name {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return "", &fsm.NotFoundError{Kind: "node", Name: name}
	case 1:
		return found[0], nil
	}
	slices.Sort(found)
	return "", &fsm.ConflictError{Reason: fmt.Sprintf("several nodes are called %q: name one by its id: %s", name, strings.Join(found, ", "))}
}

// drainNode has a node give away what it has, or takes that back.
func (a *Agent) drainNode(w http.ResponseWriter, r *http.Request) error {
	var d api.Drain
	if err := read(r, &d); err != nil {
		return err
	}
	state, _ := a.consensus.State()
	id, err := nodeID(state, r.PathValue("node"))
	if err != nil {
		return err
	}
	if err := a.consensus.Apply(&fsm.DrainNode{ID: id, Draining: d.Draining}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// removeNode says that a node will not come back. One that is there would do so at once.
func (a *Agent) removeNode(w http.ResponseWriter, r *http.Request) error {
	state, _ := a.consensus.State()
	id, err := nodeID(state, r.PathValue("node"))
	if err != nil {
		return err
	}
	if a.desk.alive(id) {
		return &fsm.ConflictError{Reason: fmt.Sprintf("the agent of node %q is there: it can be forgotten when that was stopped", state.Nodes[id].Name)}
	}
	if err := a.consensus.Apply(&fsm.RemoveNode{ID: id}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
