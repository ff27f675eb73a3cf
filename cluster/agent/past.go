package agent

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/ui"
)

// What the workers of a node have counted is kept there, every second, and goes to whoever leads when that asks for it: nothing
// of it is in the replicated log.

// mostPast is how many bytes of it there are on a node at most.
const mostPast = 256 << 20

// givePast notes what a worker has counted.
func (a *Agent) givePast(s *api.WorkerStats) {
	if err := a.past.Give(s.Topology, s.Worker, &s.Stats, time.Now()); err != nil {
		a.log.Warn("the past of a topology on this node is lost", slog.String("topology", s.Topology), "error", err)
	}
}

// recordPast writes down, every second, what is new, until ctx ends.
func (a *Agent) recordPast(ctx context.Context) error {
	every := time.NewTicker(past.Tiers[0].Step)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := a.past.Close(time.Now()); err != nil {
				a.log.Warn("what was counted last could not be written down", "error", err)
			}
			return nil
		case at := <-every.C:
			if err := a.past.Record(at); err != nil && a.said.May("past "+err.Error()) {
				a.log.Warn("what was counted could not be written down", "error", err)
			}
		}
	}
}

// cleanPast removes what is kept of topologies that have ended.
func (n *node) cleanPast() {
	state, _ := n.consensus.State()
	running := func(id string) bool { _, err := state.ByID(id); return err == nil }
	ended := func(id string) bool { e, err := state.Past(id); return err == nil && e.ID == id }
	if err := n.past.Clean(running, ended, time.Now()); err != nil {
		n.log.Warn("the past of topologies that have ended could not be removed", "error", err)
	}
}

// nodeCounts are what the workers of a topology have counted on this node.
func (a *Agent) nodeCounts(id string) api.NodeCounts {
	n := api.NodeCounts{Workers: a.counts.of(id)}
	if book := a.past.Get(id, time.Now()); book != nil {
		n.Sums = book.Sums()
	}
	return n
}

// getPast is what this node has kept of a topology's past.
func (a *Agent) getPast(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := fsm.CheckID(id); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	return a.past.Get(id, time.Now()).Write(w, time.Now())
}

// past implements ui.Options.Past.
func (p *page) past(ctx context.Context, t *ui.Topology, node string) (*past.Curve, error) {
	if node == p.id {
		var text bytes.Buffer
		if err := p.Agent.past.Get(t.ID, time.Now()).Write(&text, time.Now()); err != nil {
			return nil, err
		}
		return past.ReadCurve(&text)
	}
	state, _ := p.consensus.State()
	known := state.Nodes[node]
	if known == nil {
		return nil, &api.Error{Kind: api.NotFound, Message: "there is no node " + node}
	}
	ctx, cancel := context.WithTimeout(ctx, askPast)
	defer cancel()
	return p.at(known.Address).NodePast(ctx, t.ID)
}

// askPast bounds how long another agent may take to tell its past.
const askPast = 5 * time.Second
