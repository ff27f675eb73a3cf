package ui

import (
	"context"
	"sync"
	"time"
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

// Run collects counts until ctx ends, and begins with no past: of a cluster it is run by who leads, and the past is not
// handed over to the next leader. It may be called again.
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
			counts, missing := s.options.Source.Counts(ctx, t)
			if ctx.Err() != nil {
				return // what came of it is not all
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			r := s.records[t.ID]
			if r == nil {
				r = newRecord()
				s.records[t.ID] = r
			}
			r.look(t)
			r.take(time.Now(), counts, missing)
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
