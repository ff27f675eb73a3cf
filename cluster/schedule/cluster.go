package schedule

import (
	"cmp"
	"slices"
)

// cluster is the nodes with what has been placed on them so far.
type cluster struct {
	nodes []*host // by id
	byID  map[string]*host
}

// host is a node and what is on it.
type host struct {
	*Node
	workers int
	cpu     float64
	memory  float64
}

func newCluster(nodes []Node) *cluster {
	c := &cluster{byID: make(map[string]*host, len(nodes))}
	for i := range nodes {
		h := &host{Node: &nodes[i]}
		c.nodes = append(c.nodes, h)
		c.byID[h.ID] = h
	}
	slices.SortFunc(c.nodes, func(a, b *host) int { return cmp.Compare(a.ID, b.ID) })
	return c
}

// has reports whether the node has all of the tags.
func (h *host) has(tags []string) bool {
	for _, tag := range tags {
		if !slices.Contains(h.Tags, tag) {
			return false
		}
	}
	return true
}

// roomFor is whether the node has what one more task of a component needs.
func (h *host) roomFor(c *Component) bool {
	return (h.CPU == 0 || h.cpu+c.CPU <= h.CPU) && (h.Memory == 0 || h.memory+c.Memory <= h.Memory)
}

// add counts tasks of a component, or takes them off where n is below 0.
func (h *host) add(c *Component, n int) {
	h.cpu += float64(n) * c.CPU
	h.memory += float64(n) * c.Memory
}

// load is which part of the node is in use, of what it has least of.
func (h *host) load() float64 {
	load := 1.0
	if h.Slots > 0 {
		load = float64(h.workers) / float64(h.Slots)
	}
	if h.CPU > 0 {
		load = max(load, h.cpu/h.CPU)
	}
	if h.Memory > 0 {
		load = max(load, h.memory/h.Memory)
	}
	return load
}
