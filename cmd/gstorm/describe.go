package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) describeCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "describe", Usage: "print what a file's topology is, as JSON", ArgsUsage: "FILE [-- ARGUMENTS]",
		Description: `Loads the file, starts no task, and prints the topology description: name, configuration, components with their
streams and inputs, and where in the file each was declared. The same document comes from every language; its
schema is spec/topology.schema.json. What is wrong with the topology goes to stderr; with an error the exit code is 2.

   gstorm describe word_count.rb | jq -r '.components[].id'`,
		Flags:  topologyFlags(),
		Action: p.describe,
	})
}

func (p *program) describe(c *cli.Context) error {
	s, err := p.selected(c)
	if err != nil {
		return err
	}
	l, err := p.load(c.Context, s, p.log(), nil)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := writeJSON(p.stdout, l.topology); err != nil {
		return err
	}
	if err := l.invalid(); err != nil {
		return err
	}
	p.complain(l.problems)
	if line := l.choice(s); line != "" {
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape(line))
	}
	return nil
}

// writeJSON writes one indented document.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
