package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) validateCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "validate", Usage: "print everything that is wrong with a file's topology", ArgsUsage: "FILE [-- ARGUMENTS]",
		Description: `Loads the file, starts no task, and prints every mistake at once, a line each, with file and line; then a line that
sums up. The exit code is 2 if there is an error; warnings alone do not count.

   gstorm validate word_count.rb
   gstorm validate word_count.rb --json | jq '.problems[] | .at.line'`,
		Flags:  append(topologyFlags(), &cli.BoolFlag{Name: "json", Usage: "print one JSON document: file, ok, topology, components, tasks, problems", DisableDefaultText: true}),
		Action: p.validate,
	})
}

// verdict is what validate found; with --json it is the document that is printed.
type verdict struct {
	File       string          `json:"file"`
	OK         bool            `json:"ok"`
	Topology   string          `json:"topology,omitempty"`
	Components int             `json:"components"`
	Tasks      int             `json:"tasks"`
	Problems   gstorm.Problems `json:"problems"`

	spouts int
	choice string
}

func (p *program) validate(c *cli.Context) error {
	s, err := p.selected(c)
	if err != nil {
		return err
	}
	v, err := p.judge(c, s)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = writeJSON(p.stdout, v)
	} else {
		_, err = fmt.Fprintln(p.stdout, terminal.Escape(v.String()))
	}
	if err == nil && !v.OK {
		return errShown
	}
	return err
}

// judge loads the file; a file that can't be loaded is a verdict too.
func (p *program) judge(c *cli.Context, s selection) (*verdict, error) {
	v := &verdict{File: s.request.File, Problems: gstorm.Problems{}}
	l, err := p.load(c.Context, s, p.log(), nil)
	switch {
	case errors.As(err, &v.Problems):
		return v, nil
	case err != nil:
		return nil, err
	}
	defer l.Close()
	v.Problems = append(v.Problems, l.problems...)
	v.OK = l.invalid() == nil
	v.Topology, v.Components, v.choice = l.topology.Name, len(l.topology.Components), l.choice(s)
	for i := range l.topology.Components {
		c := &l.topology.Components[i]
		v.Tasks += c.TaskCount()
		if c.Kind == gstorm.SpoutKind {
			v.spouts++
		}
	}
	return v, nil
}

// String is a line for each problem and one that sums up.
func (v *verdict) String() string {
	var lines []string
	for _, problem := range v.Problems {
		lines = append(lines, problem.String())
	}
	if v.choice != "" {
		lines = append(lines, v.choice)
	}
	mistakes, warnings := len(v.Problems.Errors()), len(v.Problems.Warnings())
	sum := v.File + ": "
	if mistakes > 0 {
		sum += plural(mistakes, "error")
	} else {
		sum += fmt.Sprintf("ok, topology %s: %s, %s, %s", v.Topology, plural(v.spouts, "spout"),
			plural(v.Components-v.spouts, "bolt"), plural(v.Tasks, "task"))
	}
	if warnings > 0 {
		sum += ", " + plural(warnings, "warning")
	}
	return strings.Join(append(lines, sum), "\n")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
