package fsm

import (
	"fmt"
	"slices"
	"time"
)

// AddNode says that a node is part of the cluster, or what has become different with it. Whether it drains stays as it was; it is not
// lost any more.
type AddNode struct {
	Node Node `json:"node"`
}

func (c *AddNode) name() string { return "add_node" }

func (c *AddNode) apply(s *State) error {
	n := c.Node
	if before := s.Nodes[n.ID]; before != nil {
		n.Draining = before.Draining
	}
	s.putNode(&n)
	return nil
}

// LoseNode says that a node is not heard of any more. Who leads then may be another one when it has been so for long.
type LoseNode struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

func (c *LoseNode) name() string { return "lose_node" }

func (c *LoseNode) apply(s *State) error {
	n := s.Nodes[c.ID]
	if n == nil {
		return &NotFoundError{"node", c.ID}
	}
	changed := *n
	changed.Lost = c.At
	s.putNode(&changed)
	return nil
}

// RemoveNode says that a node will not come back. It may have no workers any more.
type RemoveNode struct {
	ID string `json:"id"`
}

func (c *RemoveNode) name() string { return "remove_node" }

func (c *RemoveNode) apply(s *State) error {
	if s.Nodes[c.ID] == nil {
		return &NotFoundError{"node", c.ID}
	}
	for _, t := range s.Sorted() {
		if slices.ContainsFunc(t.Placement.Workers, func(w Worker) bool { return w.Node == c.ID }) {
			return &ConflictError{fmt.Sprintf("node %q has workers of topology %q: drain it first", c.ID, t.Name)}
		}
	}
	delete(s.Nodes, c.ID)
	return nil
}

// DrainNode has a node give away its workers and get no others, or takes that back.
type DrainNode struct {
	ID       string `json:"id"`
	Draining bool   `json:"draining"`
}

func (c *DrainNode) name() string { return "drain_node" }

func (c *DrainNode) apply(s *State) error {
	n := s.Nodes[c.ID]
	if n == nil {
		return &NotFoundError{"node", c.ID}
	}
	changed := *n
	changed.Draining = c.Draining
	s.putNode(&changed)
	return nil
}
