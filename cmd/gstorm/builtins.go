package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/connectors/builtin"
)

func (p *program) builtinsCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "builtins", Usage: "list the spouts and bolts that need no code, or show what one can do", ArgsUsage: "[NAME]",
		Description: `These components come with gstorm, and topologies of every language can name them:

   Builtin["lines", path: "a.log"]            in Ruby
   Builtin.spec("lines", path="a.log")        in Python
   builtin('lines', { path: 'a.log' })        in JavaScript
   builtin: lines, options: {path: a.log}     in YAML

With NAME it shows that one: its options, the streams and fields that it emits, and what becomes of tuples when
something fails. Where a spout and a bolt have the same name, it shows both.`,
		BashComplete: func(*cli.Context) {
			for _, d := range p.builtins {
				_, _ = fmt.Fprintln(p.stdout, d.Name)
			}
		},
		Action: p.listBuiltins,
	})
}

func (p *program) listBuiltins(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef(c, "one NAME is expected, %q is one too many", c.Args().Get(1))
	}
	if c.NArg() == 1 {
		return p.showBuiltin(c, c.Args().First())
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, d := range p.builtins {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", d.Kind, d.Name, strings.ReplaceAll(d.Doc, "`", ""))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func (p *program) showBuiltin(c *cli.Context, name string) error {
	var shown []string
	for i := range p.builtins {
		if d := &p.builtins[i]; d.Name == name {
			shown = append(shown, builtin.Text(d))
		}
	}
	if len(shown) == 0 {
		return usagef(c, "%v", p.builtins.Missing(name))
	}
	if _, err := fmt.Fprint(p.stdout, strings.Join(shown, "\n")); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
