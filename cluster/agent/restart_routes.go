package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/ui"
)

// restart implements ui.Restarter: the node that has the task's worker tells it.
func (p *page) restart(ctx context.Context, t *ui.Topology, task int) error {
	state, _ := p.consensus.State()
	known, err := state.ByID(t.ID)
	if err != nil {
		return &ui.Error{Kind: ui.NotFound, Message: err.Error()}
	}
	var node *fsm.Node
	for _, w := range known.Placement.Workers {
		if slices.Contains(w.Tasks, task) {
			node = state.Nodes[w.Node]
		}
	}
	if node == nil {
		return &ui.Error{Kind: ui.Conflict, Message: fmt.Sprintf("task %d has no worker at the moment", task)}
	}
	wanted := api.WantedRestart{ID: rand.Text(), Task: task}
	if node.ID == p.id {
		p.restarts.want(t.ID, wanted)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askNodes)
	defer cancel()
	if err := p.at(node.Address).NodeRestart(ctx, t.ID, wanted); err != nil {
		return &ui.Error{Kind: ui.Conflict, Message: fmt.Sprintf("node %s, which has task %d, can't be told: %v", node.Name, task, err)}
	}
	return nil
}

// nodeRestarts are the tasks of this node's workers that are to be restarted. Those hear of it when they give their counts.
type nodeRestarts struct {
	mu   sync.Mutex // guards open
	open map[string]nodeRestart
}

type nodeRestart struct {
	topology string
	wanted   api.WantedRestart
	until    time.Time
}

// restartWithin is how long a worker may take to hear of it: one that is not heard of for longer has begun anew, or is no more.
const restartWithin = time.Minute

func (n *nodeRestarts) want(topology string, r api.WantedRestart) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if n.open == nil {
		n.open = map[string]nodeRestart{}
	}
	maps.DeleteFunc(n.open, func(_ string, r nodeRestart) bool { return now.After(r.until) })
	n.open[r.ID] = nodeRestart{topology, r, now.Add(restartWithin)}
}

// of are those of a topology that were not done, when some were.
func (n *nodeRestarts) of(topology string, done []string) (list []api.WantedRestart) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range done {
		delete(n.open, id)
	}
	now := time.Now()
	for _, r := range n.open {
		if r.topology == topology && now.Before(r.until) {
			list = append(list, r.wanted)
		}
	}
	return list
}

// postRestart takes what a worker of this node is to do.
func (a *Agent) postRestart(w http.ResponseWriter, r *http.Request) error {
	var wanted api.WantedRestart
	if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	id := r.PathValue("id")
	if err := fsm.CheckID(id); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	a.restarts.want(id, wanted)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
