package graph

import (
	"fmt"
	"strings"
)

// drawDot draws for Graphviz: spouts are ellipses, edges of cycles dashed.
func drawDot(g *graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph \"%s\" {\n  rankdir=LR;\n  node [shape=box];\n", dotText(g.name))
	names := map[*node]string{}
	for i, n := range g.nodes {
		names[n] = fmt.Sprintf("n%d", i)
		shape := ""
		if n.isSpout() {
			shape = ", shape=ellipse"
		}
		fmt.Fprintf(&b, "  %s [label=\"%s\\n%s\"%s];\n", names[n], dotText(n.id), dotText(n.title()), shape)
	}
	for _, n := range g.nodes {
		for _, e := range n.out {
			style := ""
			if e.cycle {
				style = ", style=dashed"
			}
			fmt.Fprintf(&b, "  %s -> %s [label=\"%s\"%s];\n", names[n], names[e.to], dotText(e.label()), style)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// dotText writes a text for between quotes.
func dotText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(printable(s))
}
