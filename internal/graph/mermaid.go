package graph

import (
	"fmt"
	"strings"
)

// drawMermaid draws a flowchart: spouts are round, edges of cycles dotted.
func drawMermaid(g *graph) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	names := map[*node]string{}
	for i, n := range g.nodes {
		names[n] = fmt.Sprintf("n%d", i) // ids may hold anything, also words that mean something to Mermaid
		left, right := "[", "]"
		if n.isSpout() {
			left, right = "([", "])"
		}
		fmt.Fprintf(&b, "  %s%s\"%s<br/>%s\"%s\n", names[n], left, mermaidText(n.id), mermaidText(n.title()), right)
	}
	for _, n := range g.nodes {
		for _, e := range n.out {
			arrow := "-->"
			if e.cycle {
				arrow = "-.->"
			}
			fmt.Fprintf(&b, "  %s %s|\"%s\"| %s\n", names[n], arrow, mermaidText(e.label()), names[e.to])
		}
	}
	return b.String()
}

// mermaidText writes a text for between quotes, where Mermaid knows entities alone.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;",
		"`", "#96;", `\`, "#92;", "|", "#124;").Replace(printable(s))
}
