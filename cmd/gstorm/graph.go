package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/graph"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) graphCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "graph", Usage: "draw a file's topology", ArgsUsage: "FILE [-- ARGUMENTS]",
		Description: `Loads the file, starts no task, and draws the topology: as text for the terminal, in Mermaid's language for a
README, or in Graphviz's.

   gstorm graph word_count.rb
   gstorm graph word_count.rb --format mermaid
   gstorm graph word_count.rb --format dot | dot -Tsvg > word_count.svg`,
		Flags:  append(topologyFlags(), &cli.StringFlag{Name: "format", Value: "text", Usage: "draw as `FORMAT`: text, mermaid or dot"}),
		Action: p.graph,
	})
}

func (p *program) graph(c *cli.Context) error {
	format := c.String("format")
	if !slices.Contains(graph.Formats(), format) {
		return usagef(c, "--format is %q, expected one of %s", format, strings.Join(graph.Formats(), ", "))
	}
	s, err := p.selected(c)
	if err != nil {
		return err
	}
	l, err := p.load(c.Context, s, p.log(), nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.invalid(); err != nil {
		return err
	}
	if line := l.choice(s); line != "" {
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape(line))
	}
	return graph.Render(p.stdout, l.topology, format)
}
