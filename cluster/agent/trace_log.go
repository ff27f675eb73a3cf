package agent

import (
	"crypto/rand"
	"net/http"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
)

const (
	// keptEvents is how much an agent keeps of what its workers have recorded of one topology's traced trees.
	keptEvents = 20_000
	// keepTraces is for how long it keeps that, once nothing more comes.
	keepTraces = time.Hour
	// eventsAtOnce is how much goes in one answer.
	eventsAtOnce = 5_000
)

// traceLog is what the workers of a node have recorded of traced trees, the newest, until who leads has fetched it, or another one
// that leads later.
type traceLog struct {
	mu         sync.Mutex // guards all below
	life       string
	topologies map[string]*traceRing
}

// traceRing is that of one topology.
type traceRing struct {
	events []api.WorkerTrace
	next   uint64 // the mark behind the last one
	at     time.Time
}

// give takes what a worker has recorded out of what it gives.
func (l *traceLog) give(s *api.WorkerStats, now time.Time) {
	events := s.Traces
	s.Traces = nil
	if len(events) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.topologies == nil {
		l.life, l.topologies = rand.Text(), map[string]*traceRing{}
	}
	for id, r := range l.topologies {
		if now.Sub(r.at) > keepTraces {
			delete(l.topologies, id)
		}
	}
	r := l.topologies[s.Topology]
	if r == nil {
		r = &traceRing{}
		l.topologies[s.Topology] = r
	}
	r.at = now
	for _, e := range events {
		r.events = append(r.events, api.WorkerTrace{Worker: s.Worker, TraceEvent: e})
	}
	r.next += uint64(len(events))
	if n := len(r.events) - keptEvents; n > keptEvents/4 { // not each time a few
		r.events = append(r.events[:0:0], r.events[n:]...)
	}
}

// since is what there is of a topology since a mark of a life.
func (l *traceLog) since(topology, life string, mark uint64) api.NodeTraces {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := api.NodeTraces{Life: l.life, Events: []api.WorkerTrace{}}
	r := l.topologies[topology]
	if r == nil {
		return n
	}
	if n.Next = r.next; life != l.life || mark > r.next {
		mark = 0
	}
	first := r.next - uint64(len(r.events))
	from := sort.Search(len(r.events), func(i int) bool { return first+uint64(i) >= mark })
	events := r.events[from:]
	if len(events) > eventsAtOnce {
		events, n.More = events[:eventsAtOnce], true
		n.Next = first + uint64(from+eventsAtOnce)
	}
	n.Events = append(n.Events, events...)
	return n
}

// getNodeTraces is what this node's workers have recorded of a topology's traced trees.
func (a *Agent) getNodeTraces(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	mark, err := strconv.ParseUint(q.Get("since"), 10, 64)
	if err != nil {
		return &api.Error{Kind: api.Invalid, Message: "since is no mark: " + err.Error()}
	}
	return a.answer(w, a.traced.since(r.PathValue("id"), q.Get("life"), mark))
}
