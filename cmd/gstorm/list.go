package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) listCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "list", Usage: "list the topologies of a cluster",
		Description: `Lists the topologies, what each does, and what is wrong with those that can't run as they should.`,
		Flags: clusterFlags(
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Usage: "also those that are no more: the last 100, with what became of them", DisableDefaultText: true},
			jsonFlag(),
		),
		Action: p.asked(nil, p.list),
	})
}

func (p *program) list(c *cli.Context, ask *api.Client) error {
	get := ask.Topologies
	if c.Bool("all") {
		get = ask.AllTopologies
	}
	list, err := get(c.Context)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.printJSON(list)
	}
	if len(list) == 0 {
		_, _ = fmt.Fprintln(p.stdout, "no topology runs; gstorm submit FILE has one run, gstorm list --all shows those that have ended")
		return nil
	}
	rows := [][]string{{"TOPOLOGY", "STATUS", "STATE", "WORKERS", "TASKS", "VERSION", "AGE"}}
	for _, t := range list {
		if t.End != nil {
			state := firstLine(t.State) + ", " + age(t.End.At) + " ago"
			rows = append(rows, []string{t.Name, string(t.Status), state, "-", "-", strconv.Itoa(t.Version), age(t.Submitted)})
			continue
		}
		rows = append(rows, []string{
			t.Name, string(t.Status), t.State, fmt.Sprintf("%d/%d", t.Running, t.Workers), strconv.Itoa(t.Tasks), strconv.Itoa(t.Version), age(t.Submitted),
		})
	}
	if err := p.printTable(rows); err != nil {
		return err
	}
	for _, t := range list {
		for _, problem := range t.Problems {
			_, _ = fmt.Fprintf(p.stdout, "%s: %s\n", terminal.Escape(t.Name), terminal.Escape(problem))
		}
	}
	return nil
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}
