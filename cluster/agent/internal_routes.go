package agent

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// postQuestion is a worker's question to the leader.
func (a *Agent) postQuestion(w http.ResponseWriter, r *http.Request) error {
	q := &message.Question{}
	if err := json.NewDecoder(r.Body).Decode(q); err != nil { // of another gstorm, it may say more
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	answer, err := a.desk.ask(q)
	if err != nil {
		return err
	}
	return a.answer(w, answer)
}

// postReport is an agent's report to the leader.
func (a *Agent) postReport(w http.ResponseWriter, r *http.Request) error {
	report := &message.Report{}
	if err := json.NewDecoder(r.Body).Decode(report); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	orders, err := a.desk.report(r.Context(), report)
	if err != nil {
		return err
	}
	return a.answer(w, orders)
}

// getOrdered is a topology as who runs it has to know it.
func (a *Agent) getOrdered(w http.ResponseWriter, r *http.Request) error {
	state, _ := a.consensus.State()
	t, err := state.ByID(r.PathValue("id"))
	if err != nil {
		return err
	}
	return a.answer(w, t)
}

// keepCounts is for how long the counts of a worker are kept that gives no more.
const keepCounts = time.Minute

// workerCounts are what the workers of a node have counted, as they have given it last.
type workerCounts struct {
	mu    sync.Mutex // guards given
	given map[workerKey]given
}

type workerKey struct {
	topology string
	worker   int
}

type given struct {
	stats api.WorkerStats
	at    time.Time
}

func (c *workerCounts) give(s api.WorkerStats) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.given == nil {
		c.given = map[workerKey]given{}
	}
	now := time.Now()
	c.given[workerKey{s.Topology, s.Worker}] = given{s, now}
	for key, g := range c.given {
		if now.Sub(g.at) > keepCounts {
			delete(c.given, key)
		}
	}
}

func (c *workerCounts) of(topology string) []api.WorkerStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []api.WorkerStats{}
	for key, g := range c.given {
		if key.topology == topology {
			list = append(list, g.stats)
		}
	}
	slices.SortFunc(list, func(a, b api.WorkerStats) int { return cmp.Compare(a.Worker, b.Worker) })
	return list
}

// postStats takes the counts of a worker of this node.
func (a *Agent) postStats(w http.ResponseWriter, r *http.Request) error {
	var s api.WorkerStats
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	if err := fsm.CheckID(s.Topology); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	a.traced.give(&s, time.Now())
	a.counts.give(s)
	a.givePast(&s)
	return a.answer(w, a.wanted(&s))
}

// wanted is what is wanted of a worker that gives its counts.
func (a *Agent) wanted(s *api.WorkerStats) api.Wanted {
	return api.Wanted{Taps: a.taps.of(s.Topology), Restarts: a.restarts.of(s.Topology, s.Restarted), Failures: a.failures.wanted(s.Topology)}
}

// getCounts are the counts of a topology's workers on this node.
func (a *Agent) getCounts(w http.ResponseWriter, r *http.Request) error {
	return a.answer(w, a.nodeCounts(r.PathValue("id")))
}

// putBundle takes a bundle.
func (a *Agent) putBundle(w http.ResponseWriter, r *http.Request) error {
	hash := blob.Hash(r.PathValue("hash"))
	if !hash.Valid() {
		return &api.Error{Kind: api.Invalid, Message: "a bundle's name is the SHA-256 of its bytes, in 64 hexadecimal digits"}
	}
	if !a.bundles.Has(hash) {
		if _, err := a.bundles.Put(http.MaxBytesReader(w, r.Body, blob.DefaultLimits.Bytes), hash); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getBundle gives a bundle, from another agent if it is not here, unless the request is for what is here alone.
func (a *Agent) getBundle(w http.ResponseWriter, r *http.Request) error {
	hash := blob.Hash(r.PathValue("hash"))
	if r.URL.Query().Get("local") == "" && hash.Valid() {
		if err := a.node.fetch(r.Context(), hash); err != nil {
			return err
		}
	}
	file, err := a.bundles.Open(hash)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	w.Header().Set("Content-Type", "application/gzip")
	_, err = io.Copy(w, file)
	return err
}
