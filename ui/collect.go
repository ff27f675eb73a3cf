package ui

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/past"
)

// The pace at which counts are collected.
const (
	often   = time.Second
	attends = 15 * time.Second // for how long who has asked once is thought to look
	stale   = 900 * time.Millisecond
)

// forget begins anew.
func (s *Server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records, s.looked = map[string]*record{}, map[string]time.Time{}
}

// Run collects counts until ctx ends, and begins with the past that there is: of a cluster it is run by who leads, which asks all
// nodes for theirs (Options.Past). It may be called again.
func (s *Server) Run(ctx context.Context) {
	s.forget()
	defer s.dismiss()
	tick := time.NewTicker(often)
	defer tick.Stop()
	var all time.Time
	for {
		now := time.Now()
		due := now.Sub(all) >= s.options.Every-often/2
		if due {
			all = now
		}
		s.round(ctx, now, due)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round collects the counts of all topologies, or of those that somebody looks at, and tells who does.
func (s *Server) round(ctx context.Context, now time.Time, all bool) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	c := s.options.Source.Look()
	s.collect(ctx, c, func(t *Topology) bool { return all || s.watched(t, now) })
	s.publish(c)
}

// watched reports whether somebody looks at a topology.
func (s *Server) watched(t *Topology, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{"", t.Name, t.ID} {
		if at, looked := s.looked[name]; looked && now.Sub(at) < attends {
			return true
		}
	}
	for r := range s.rooms {
		if r.topology == "" || r.topology == t.Name || r.topology == t.ID {
			return true
		}
	}
	return false
}

// fresh is what there is, with counts of this moment of a topology, by its name or id, or of all ("").
func (s *Server) fresh(ctx context.Context, name string) *Cluster {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done(): // nobody waits for it any more
		return s.options.Source.Look()
	}
	now := time.Now()
	c := s.options.Source.Look()
	s.mu.Lock()
	if _, err := find(c, name); err == nil || name == "" {
		s.looked[name] = now
	}
	for name, at := range s.looked {
		if now.Sub(at) > attends {
			delete(s.looked, name)
		}
	}
	s.mu.Unlock()
	s.collect(ctx, c, func(t *Topology) bool {
		if name != "" && t.Name != name && t.ID != name {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		r := s.records[t.ID]
		return r == nil || len(r.recent) == 0 || now.Sub(r.now().at) >= stale
	})
	return c
}

// askPastAgain is after how long a node is asked again that could not tell its past.
const askPastAgain = 10 * time.Second

// told is the past that a node has told.
type told struct {
	node  string
	at    time.Time // half way between question and answer
	curve *past.Curve
}

// pasts are those of nodes which were not asked for a topology's yet, or have not answered.
func (s *Server) pasts(ctx context.Context, c *Cluster, t *Topology) (list []told) {
	if s.options.Past == nil {
		return nil
	}
	now := time.Now()
	var ask []string
	s.mu.Lock()
	r := s.kept(t)
	for i := range c.Nodes {
		id := c.Nodes[i].ID
		if h := r.nodes[id]; c.Nodes[i].Status == "alive" && (h == nil || !h.read) && now.Sub(r.asked[id]) >= askPastAgain {
			ask, r.asked[id] = append(ask, id), now
		}
	}
	s.mu.Unlock()
	answers := make([]told, len(ask))
	var group sync.WaitGroup
	for i, id := range ask {
		group.Go(func() {
			asked := time.Now()
			curve, err := s.options.Past(ctx, t, id)
			if err != nil {
				s.options.Logger.Debug("a node's past can't be had", slog.String("topology", t.Name), slog.String("node", id), "error", err)
				return
			}
			answers[i] = told{id, asked.Add(time.Since(asked) / 2), curve}
		})
	}
	group.Wait()
	return slices.DeleteFunc(answers, func(a told) bool { return a.curve == nil })
}

// kept is the record of a topology. mu is held.
func (s *Server) kept(t *Topology) *record {
	r := s.records[t.ID]
	if r == nil {
		r = newRecord()
		s.records[t.ID] = r
	}
	return r
}

// together is how many topologies are asked for their counts at once.
const together = 8

// collect takes the counts of topologies that are wanted, and forgets those that are no more. It is called by one at a time.
func (s *Server) collect(ctx context.Context, c *Cluster, wanted func(t *Topology) bool) {
	var group sync.WaitGroup
	free := make(chan struct{}, together)
	for i := range c.Topologies {
		t := &c.Topologies[i]
		if !wanted(t) {
			continue
		}
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			counts, nodes, missing := s.options.Source.Counts(ctx, t)
			pasts := s.pasts(ctx, c, t)
			if ctx.Err() != nil {
				return // what came of it is not all
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			now, r := time.Now(), s.kept(t)
			r.look(t)
			r.hear(now, nodes)
			for i := range pasts {
				r.hear(now, []NodeSums{{pasts[i].node, pasts[i].curve.Sums}})
			}
			r.take(now, counts, missing)
			for i := range pasts {
				r.recall(pasts[i].node, pasts[i].at, pasts[i].curve)
			}
		})
	}
	group.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.records {
		if _, err := find(c, id); err != nil {
			delete(s.records, id)
		}
	}
}
