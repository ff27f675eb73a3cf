package schedule

import (
	"fmt"
	"slices"
	"strings"
)

// explain says why tasks of a component have no place, and what would help.
func (p *placement) explain(c *Component) string {
	what := fmt.Sprintf("component %q: no place for %d of %d tasks", c.ID, len(p.unplaced[c]), len(c.Tasks))
	var usable []*host
	for _, h := range p.cluster.nodes {
		if !h.Draining && !h.Closed && h.Slots > 0 {
			usable = append(usable, h)
		}
	}
	tagged := slices.DeleteFunc(slices.Clone(usable), func(h *host) bool { return !h.has(c.Tags) })
	switch {
	case len(usable) == 0:
		return what + ": there is no node that takes workers"
	case len(tagged) == 0:
		return fmt.Sprintf("%s: they need a node with the tags %s, and there is none", what, strings.Join(c.Tags, ", "))
	}
	var cpu, memory float64
	for _, h := range tagged {
		if h.roomFor(c) {
			return what + ": " + p.noRoom()
		}
		cpu, memory = max(cpu, h.CPU-h.cpu), max(memory, h.Memory-h.memory)
	}
	return fmt.Sprintf("%s: a task needs %.0f %% of a core and %.0f MB, and the most that a node has left is %.0f %% and %.0f MB",
		what, c.CPU, c.Memory, max(cpu, 0), max(memory, 0))
}

// noRoom says why there can be no other worker.
func (p *placement) noRoom() string {
	slots, used, nodes := 0, 0, 0
	for _, h := range p.cluster.nodes {
		if h.Draining || h.Closed {
			continue
		}
		nodes++
		slots += h.Slots
		used += h.workers
	}
	if used < slots && p.Apart > 0 {
		return fmt.Sprintf("no more than %d may be on one node, and there are %s", p.Apart, count(nodes, "node"))
	}
	if used < slots {
		return "no node with a free slot has what they need"
	}
	return fmt.Sprintf("all %s of %s are in use; add a node, or give one more slots", count(slots, "slot"), count(nodes, "node"))
}

// count is a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
