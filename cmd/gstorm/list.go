package main

import (
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) listCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "list", Usage: "list the topologies of a cluster",
		Description: `Lists the topologies, what each does, and what is wrong with those that can't run as they should.`,
		Flags:       clusterFlags(jsonFlag()), Action: p.asked(nil, p.list),
	})
}

func (p *program) list(c *cli.Context, ask *api.Client) error {
	list, err := ask.Topologies(c.Context)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.printJSON(list)
	}
	if len(list) == 0 {
		_, _ = fmt.Fprintln(p.stdout, "no topology runs; gstorm submit FILE has one run")
		return nil
	}
	rows := [][]string{{"TOPOLOGY", "STATUS", "STATE", "WORKERS", "TASKS", "VERSION", "AGE"}}
	for _, t := range list {
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
