package graph

import (
	"fmt"
	"strings"
)

// textDrawing draws every node once, below the first that leads to it; where it is met again, its name stands alone.
type textDrawing struct {
	strings.Builder
	drawn  map[*node]bool
	cycles bool
}

// drawText draws the flow as trees: first those that grow from the spouts, then what no spout leads to.
func drawText(g *graph) string {
	d := textDrawing{drawn: map[*node]bool{}}
	d.WriteString(printable(g.name) + "\n")
	for _, n := range g.nodes {
		if n.isSpout() {
			d.root(n)
		}
	}
	fed := map[*node]bool{}
	for _, n := range g.nodes {
		for _, e := range n.out {
			fed[e.to] = fed[e.to] || e.to != n
		}
	}
	for _, n := range g.nodes {
		if !fed[n] {
			d.root(n)
		}
	}
	for _, n := range g.nodes { // cycles that nothing leads to
		d.root(n)
	}
	if d.cycles {
		d.WriteString("\n↺ part of a cycle\n")
	}
	return d.String()
}

func (d *textDrawing) root(n *node) {
	if d.drawn[n] {
		return
	}
	fmt.Fprintf(d, "\n%s (%s)\n", printable(n.id), n.title())
	d.branches(n, "")
}

func (d *textDrawing) branches(n *node, indent string) {
	d.drawn[n] = true
	for i, e := range n.out {
		branch, below := "├─ ", "│  "
		if i == len(n.out)-1 {
			branch, below = "└─ ", "   "
		}
		arrow := "→"
		if e.cycle {
			arrow, d.cycles = "↺", true
		}
		fmt.Fprintf(d, "%s%s%s %s %s", indent, branch, e.label(), arrow, printable(e.to.id))
		if d.drawn[e.to] {
			d.WriteString(", see above\n")
			continue
		}
		fmt.Fprintf(d, " (%s)\n", e.to.title())
		d.branches(e.to, indent+below)
	}
}
