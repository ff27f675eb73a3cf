// Package graph draws a topology: its components, with how many tasks they have, and who subscribes to what of whom by
// which grouping. It draws topologies that break the rules as well, since a drawing helps to see why.
package graph

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/gstorm/gstorm"
)

// formats are the drawings that there are.
var formats = []struct {
	name string
	draw func(*graph) string
}{
	{"text", drawText},
	{"mermaid", drawMermaid},
	{"dot", drawDot},
}

// Formats are the names of the formats: text is for a terminal, mermaid for Markdown, dot for Graphviz.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Render draws t in a format. It fails on an unknown format, with the names of the known ones, and where w does.
func Render(w io.Writer, t *gstorm.Topology, format string) error {
	for _, f := range formats {
		if f.name == format {
			_, err := io.WriteString(w, f.draw(newGraph(t)))
			return err
		}
	}
	return fmt.Errorf("unknown format %q (known: %s)", format, strings.Join(Formats(), ", "))
}

// graph is a topology as nodes and edges, in the order of the topology.
type graph struct {
	name  string
	nodes []*node
}

// node is a component, or a source that no component is (component is nil then).
type node struct {
	id        string
	component *gstorm.Component
	out       []*edge
}

// edge is one subscription.
type edge struct {
	to    *node
	input gstorm.Input
	cycle bool // its end leads back to its beginning
}

func newGraph(t *gstorm.Topology) *graph {
	g := &graph{name: t.Name}
	byID := map[string]*node{}
	add := func(n *node) *node {
		g.nodes = append(g.nodes, n)
		if byID[n.id] == nil { // of duplicate ids, the first one is the source that is meant
			byID[n.id] = n
		}
		return n
	}
	for i := range t.Components {
		add(&node{id: t.Components[i].ID, component: &t.Components[i]})
	}
	for _, to := range slices.Clone(g.nodes) {
		for _, in := range to.component.Inputs {
			from := byID[in.From]
			if from == nil {
				from = add(&node{id: in.From})
			}
			from.out = append(from.out, &edge{to: to, input: in})
		}
	}
	for _, n := range g.nodes {
		for _, e := range n.out {
			e.cycle = e.to.leadsTo(n)
		}
	}
	return g
}

// leadsTo reports whether tuples of n can come to the node.
func (n *node) leadsTo(end *node) bool {
	seen := map[*node]bool{n: true}
	for todo := []*node{n}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if next == end {
			return true
		}
		for _, e := range next.out {
			if !seen[e.to] {
				seen[e.to] = true
				todo = append(todo, e.to)
			}
		}
	}
	return false
}

func (n *node) isSpout() bool { return n.component != nil && n.component.Kind == gstorm.SpoutKind }

// title says what a node is: its kind and the number of its tasks.
func (n *node) title() string {
	if n.component == nil {
		return "unknown"
	}
	c := n.component
	text := fmt.Sprintf("%s ×%d", printable(string(c.Kind)), c.Parallelism)
	if c.TaskCount() != c.Parallelism {
		text += fmt.Sprintf(", %d tasks", c.TaskCount())
	}
	return text
}

// label is the grouping, behind the stream where that is not the default one.
func (e *edge) label() string {
	text := string(e.input.Grouping)
	if len(e.input.Fields) > 0 {
		text += "(" + strings.Join(e.input.Fields, ", ") + ")"
	}
	if stream := e.input.StreamID(); stream != gstorm.DefaultStream {
		text = stream + ": " + text
	}
	return printable(text)
}

// printable replaces what would disturb a terminal or break a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
}
