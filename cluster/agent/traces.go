package agent

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

// tracesEvery is how often who leads fetches what was recorded of traced trees, so that slow and failed ones are kept that nobody
// asks for.
const tracesEvery = 5 * time.Second

// tracesSettle is how long after its end is known all is known of a trace: workers give what they record every second, and it is
// fetched as often as tracesEvery says.
const tracesSettle = 6 * time.Second

// clusterTraces puts together the traces of all topologies, in the agent that leads.
type clusterTraces struct {
	agent *Agent

	mu  sync.Mutex // guards all
	all map[string]*topologyTraces
}

// topologyTraces are those of one.
type topologyTraces struct {
	store *traces.Store

	fetching sync.Mutex      // held while something is fetched, and guards marks
	marks    map[string]mark // by node
}

// mark is up to where what a node has was fetched.
type mark struct {
	life string
	next uint64
}

// run fetches while the agent leads.
func (c *clusterTraces) run(ctx context.Context) error {
	every := time.NewTicker(tracesEvery)
	defer every.Stop()
	var since time.Time // when it has begun to lead; zero: it does not
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
		_, leads := c.agent.leaderAddress()
		if !leads {
			since = time.Time{}
		} else if since.IsZero() {
			since = time.Now()
		}
		state, _ := c.agent.consensus.State()
		c.forget(func(id string) bool {
			_, err := state.ByID(id)
			return !leads || err != nil
		})
		if !leads {
			continue
		}
		for _, t := range state.Sorted() {
			c.export(t.Name, c.fetch(ctx, state, t.ID), since)
		}
	}
}

// export gives away the traces that have ended since this agent leads: another one has seen to those before.
func (c *clusterTraces) export(topology string, store *traces.Store, leads time.Time) {
	if c.agent.options.Traced == nil {
		return
	}
	now := time.Now()
	for _, t := range store.Finished(now.Add(-tracesSettle), now) {
		if end := t.Began.Add(time.Duration(t.MS * float64(time.Millisecond))); end.After(leads.Add(-tracesSettle)) {
			c.agent.options.Traced(topology, t)
		}
	}
}

// forget lets go of the traces of topologies.
func (c *clusterTraces) forget(which func(id string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.all {
		if which(id) {
			delete(c.all, id)
		}
	}
}

// of are the traces of a topology.
func (c *clusterTraces) of(id string) *topologyTraces {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]*topologyTraces{}
	}
	t := c.all[id]
	if t == nil {
		t = &topologyTraces{store: traces.NewStore(), marks: map[string]mark{}}
		if c.agent.options.Traced != nil {
			t.store.Watch()
		}
		c.all[id] = t
	}
	return t
}

// fetch has the traces of a topology be what all nodes have recorded until now.
func (c *clusterTraces) fetch(ctx context.Context, state *fsm.State, id string) *traces.Store {
	t := c.of(id)
	t.fetching.Lock()
	defer t.fetching.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askNodes)
	defer cancel()
	before := maps.Clone(t.marks)
	var mu sync.Mutex // guards marks
	var asking sync.WaitGroup
	for _, node := range state.Nodes { // also those where workers have been
		from := before[node.ID]
		asking.Go(func() {
			to := c.fetchNode(ctx, node, id, from, t.store)
			mu.Lock()
			defer mu.Unlock()
			t.marks[node.ID] = to
		})
	}
	asking.Wait()
	return t.store
}

// fetchNode adds what a node has recorded since a mark.
func (c *clusterTraces) fetchNode(ctx context.Context, node *fsm.Node, id string, from mark, store *traces.Store) mark {
	for {
		n, err := c.nodeTraces(ctx, node, id, from)
		if err != nil {
			if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
				c.agent.log.Debug("a node's traces can't be had", slog.String("node", node.Name), "error", err)
			}
			return from
		}
		byWorker := map[int][]stats.TraceEvent{}
		for i := range n.Events {
			byWorker[n.Events[i].Worker] = append(byWorker[n.Events[i].Worker], n.Events[i].TraceEvent)
		}
		for worker, events := range byWorker {
			store.Add(traces.Place{Node: node.Name, Worker: worker}, events, time.Now())
		}
		if from = (mark{n.Life, n.Next}); !n.More {
			return from
		}
	}
}

func (c *clusterTraces) nodeTraces(ctx context.Context, node *fsm.Node, id string, from mark) (api.NodeTraces, error) {
	if node.ID == c.agent.id {
		return c.agent.traced.since(id, from.life, from.next), nil
	}
	return c.agent.at(node.Address).NodeTraces(ctx, id, from.life, from.next)
}

// tracer implements ui.Tracer.
func (a *Agent) tracer(ctx context.Context, t *ui.Topology) (*traces.Store, error) {
	state, _ := a.consensus.State()
	return a.traces.fetch(ctx, state, t.ID), nil
}
