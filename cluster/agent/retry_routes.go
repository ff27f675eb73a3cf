package agent

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// retryRoutes are those about failed tuples and dead letters: for people at the leader, which asks the nodes.
func (a *Agent) retryRoutes() map[string]route {
	all := map[string]route{
		"POST /v1/internal/failures":                   {role: Internal, handle: a.postFailures},
		"GET /v1/internal/failures/{id}":               {role: Internal, handle: a.getNodeFailures},
		"GET /v1/internal/dead-letters/{name}":         {role: Internal, handle: a.getNodeLetters},
		"PUT /v1/internal/dead-letters/{name}":         {role: Internal, handle: a.putNodeLetters},
		"POST /v1/internal/dead-letters/{name}/{what}": {role: Internal, handle: a.workNodeLetters},
	}
	maps.Copy(all, a.page.mounted(a.page.server.RetryRoutes(clusterRetries{a})))
	return all
}

// clusterRetries are the failed tuples of all nodes. It implements ui.Retries.
type clusterRetries struct{ *Agent }

// eachNode asks nodes at the same time. It returns the names of those that could not be asked.
func (a clusterRetries) eachNode(nodes []*fsm.Node, ask func(n *fsm.Node) error) (missing []string) {
	var mu sync.Mutex // guards missing
	var asking sync.WaitGroup
	for _, n := range nodes {
		asking.Go(func() {
			if err := ask(n); err != nil {
				a.log.Debug("a node says nothing of failed tuples", "node", n.Name, "error", err)
				mu.Lock()
				defer mu.Unlock()
				missing = append(missing, n.Name)
			}
		})
	}
	asking.Wait()
	slices.Sort(missing)
	return missing
}

// Failures implements ui.Retries.
func (a clusterRetries) Failures(ctx context.Context, t *ui.Topology, most int) (sum stats.Failures, err error) {
	state, _ := a.consensus.State()
	var nodes []*fsm.Node
	for _, w := range t.Workers {
		if n := state.Nodes[w.Node]; n != nil && !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	var mu sync.Mutex // guards sum
	a.eachNode(nodes, func(n *fsm.Node) error {
		f, err := a.at(n.Address).NodeFailures(ctx, t.ID, most)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			sum.Add(f, n.Name, most)
		}
		return err
	})
	return sum, nil
}

// Letters implements ui.Retries. They may be on any node, also on those where the topology once was.
func (a clusterRetries) Letters(ctx context.Context, name string, t *ui.Topology, most int) (*stats.DeadLetters, error) {
	sum, room := &stats.DeadLetters{}, 0
	if t != nil && t.Plan != nil {
		sum.Max, room = deadletters.OutlineOf(t.Plan).Bounds()
	}
	state, _ := a.consensus.State()
	var mu sync.Mutex // guards sum
	missing := a.eachNode(slices.Collect(maps.Values(state.Nodes)), func(n *fsm.Node) error {
		d, err := a.at(n.Address).NodeLetters(ctx, name, most, room)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			sum.Add(d, n.Name, most)
		}
		return err
	})
	if t != nil { // else who asks is told that there is no such topology
		sum.Missing = missing
	}
	return sum, nil
}

// Drop implements ui.Retries.
func (a clusterRetries) Drop(ctx context.Context, name string, _ *ui.Topology, c stats.LetterChoice) (done int, err error) {
	state, _ := a.consensus.State()
	var mu sync.Mutex // guards done
	missing := a.eachNode(slices.Collect(maps.Values(state.Nodes)), func(n *fsm.Node) error {
		d, err := a.at(n.Address).WorkNodeLetters(ctx, name, "drop", api.LetterWork{LetterChoice: c})
		mu.Lock()
		defer mu.Unlock()
		done += d.Done
		return err
	})
	return done, notAll(done, missing)
}

// notAll is the error where nothing was done and not all nodes could be asked.
func notAll(done int, missing []string) error {
	if done == 0 && len(missing) > 0 {
		return &ui.Error{Kind: ui.Conflict, Message: "the dead letters of some nodes can't be had: " + strings.Join(missing, ", ")}
	}
	return nil
}

// Replay implements ui.Retries. A letter whose task is on another node now goes there first: it is on that node's list before it is
// taken off its own, so that it is never lost, and perhaps replayed twice.
func (a clusterRetries) Replay(ctx context.Context, name string, t *ui.Topology, c stats.LetterChoice) (done int, err error) {
	if t == nil {
		return 0, nil
	}
	if t.Plan == nil {
		return 0, &ui.Error{Kind: ui.Conflict, Message: "the topology's plan can't be had"}
	}
	outline := deadletters.OutlineOf(t.Plan)
	state, _ := a.consensus.State()
	home := map[int]*fsm.Node{} // by task
	for _, w := range t.Workers {
		for _, task := range w.TaskIDs {
			home[task] = state.Nodes[w.Node]
		}
	}
	var mu sync.Mutex // guards done and misfit
	misfit := ""
	missing := a.eachNode(slices.Collect(maps.Values(state.Nodes)), func(n *fsm.Node) error {
		work := api.LetterWork{LetterChoice: c, Outline: outline}
		for task, at := range home {
			if at == n {
				work.Here = append(work.Here, task)
			}
		}
		d, err := a.at(n.Address).WorkNodeLetters(ctx, name, "replay", work)
		moved := 0
		if err == nil {
			moved, err = a.move(ctx, name, n, d.Elsewhere, outline, home)
		}
		mu.Lock()
		defer mu.Unlock()
		done += d.Done + moved
		if d.Misfit != "" {
			misfit = d.Misfit
		}
		return err
	})
	if done == 0 && misfit != "" {
		return 0, &ui.Error{Kind: ui.Conflict, Message: misfit}
	}
	return done, notAll(done, missing)
}

// move gives letters of a node to those where their tasks are, to be replayed there. Those whose task is nowhere stay.
func (a clusterRetries) move(ctx context.Context, name string, from *fsm.Node, letters []deadletters.Letter, o deadletters.Outline, home map[int]*fsm.Node) (moved int, err error) {
	to := map[*fsm.Node][]deadletters.Letter{}
	for _, l := range letters {
		if n := home[o.Home(&l)]; n != nil && n != from {
			l.Asked = true
			to[n] = append(to[n], l)
		}
	}
	for n, list := range to {
		if err := a.at(n.Address).PutNodeLetters(ctx, name, list); err != nil {
			return moved, err
		}
		var gone stats.LetterChoice
		for i := range list {
			gone.IDs = append(gone.IDs, list[i].ID)
		}
		d, err := a.at(from.Address).WorkNodeLetters(ctx, name, "drop", api.LetterWork{LetterChoice: gone})
		moved += d.Done
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}
