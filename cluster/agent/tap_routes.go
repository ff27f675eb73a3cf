package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// tap implements ui.Tapper: tuples of all workers of a topology, on all nodes.
func (a *Agent) tap(ctx context.Context, t *ui.Topology, r stats.TapRequest) (<-chan stats.TapLine, error) {
	if r.Where != "" {
		if err := a.options.CheckWhere(r.Where, ui.TapFields(t.Plan, r)); err != nil {
			return nil, &ui.Error{Kind: ui.Invalid, Message: "where: " + err.Error()}
		}
	}
	state, _ := a.consensus.State()
	lines := make(chan stats.TapLine, 100)
	var reading sync.WaitGroup
	for _, n := range state.Nodes { // also those where there is no worker yet
		reading.Go(func() {
			if err := copyTap(ctx, a.at(n.Address), t.ID, r, lines); err != nil && ctx.Err() == nil {
				send(ctx, lines, stats.TapLine{Node: n.Name, Problem: "its tuples can't be had: " + err.Error()})
			}
		})
	}
	go func() {
		reading.Wait()
		close(lines)
	}()
	return lines, nil
}

// copyTap waits for who reads: the node drops what is too much.
func copyTap(ctx context.Context, from *api.Client, topology string, r stats.TapRequest, to chan<- stats.TapLine) (err error) {
	body, err := from.NodeTap(ctx, topology, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	in := json.NewDecoder(body)
	for {
		var line stats.TapLine
		if err := in.Decode(&line); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if !send(ctx, to, line) {
			return nil
		}
	}
}

func send(ctx context.Context, to chan<- stats.TapLine, line stats.TapLine) bool {
	select {
	case to <- line:
		return true
	case <-ctx.Done():
		return false
	}
}

// nodeTaps are who wants to see tuples of this node's workers. Those hear of it when they give their counts.
type nodeTaps struct {
	mu   sync.Mutex // guards open
	open map[string]*nodeTap
}

// waitingLines is how many lines may wait for a reader; what is more is dropped.
const waitingLines = 2000

type nodeTap struct {
	topology string
	request  stats.TapRequest
	lines    chan stats.TapLine
	dropped  atomic.Uint64 // tuples that nobody took
}

func (n *nodeTaps) add(t *nodeTap) (id string) {
	id = rand.Text()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open == nil {
		n.open = map[string]*nodeTap{}
	}
	n.open[id] = t
	return id
}

func (n *nodeTaps) remove(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, id)
}

func (n *nodeTaps) get(id string) *nodeTap {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open[id]
}

// of are those that want to see tuples of a topology.
func (n *nodeTaps) of(topology string) (list []api.WantedTap) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, t := range n.open {
		if t.topology == topology {
			list = append(list, api.WantedTap{ID: id, TapRequest: t.request})
		}
	}
	return list
}

// getNodeTap is what this node's workers of a topology have to show.
func (a *Agent) getNodeTap(w http.ResponseWriter, r *http.Request) error {
	t := &nodeTap{topology: r.PathValue("id"), lines: make(chan stats.TapLine, waitingLines)}
	if err := fsm.CheckID(t.topology); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	if err := json.Unmarshal([]byte(r.URL.Query().Get("q")), &t.request); err != nil {
		return &api.Error{Kind: api.Invalid, Message: "which tuples are wanted can't be read: " + err.Error()}
	}
	defer a.taps.remove(a.taps.add(t))
	out := newLineWriter(w)
	tell := time.NewTicker(time.Second)
	defer tell.Stop()
	for told := uint64(0); ; {
		var line stats.TapLine
		select {
		case <-r.Context().Done():
			return nil
		case line = <-t.lines:
		case <-tell.C:
			dropped := t.dropped.Load()
			if dropped == told {
				continue
			}
			line, told = stats.TapLine{Node: a.options.Name, Counts: &stats.TapCounts{Dropped: dropped}}, dropped
		}
		if text, err := json.Marshal(line); err != nil || !out.raw(append(text, '\n')) {
			return err
		}
	}
}

// postTapped takes what a worker of this node has to show.
func (a *Agent) postTapped(w http.ResponseWriter, r *http.Request) error {
	var given api.Tapped
	if err := json.NewDecoder(r.Body).Decode(&given); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	t := a.taps.get(r.PathValue("tap"))
	if t == nil {
		return &api.Error{Kind: api.NotFound, Message: "nobody wants to see that any more"}
	}
	for _, line := range given.Lines {
		line.Node, line.Worker = a.options.Name, given.Worker
		select {
		case t.lines <- line:
		default:
			if line.Tuple != nil {
				t.dropped.Add(1)
			}
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
