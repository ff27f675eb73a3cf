package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
)

func (p *program) membersCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "members", Usage: "list the agents of a cluster",
		Description: `Lists the agents: who is there, who leads, who else keeps the cluster's log (voter), and how many of its slots hold workers.`,
		Flags:       clusterFlags(jsonFlag()), Action: p.asked(nil, p.members),
	})
}

func (p *program) members(c *cli.Context, ask *api.Client) error {
	m, err := ask.Members(c.Context)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.printJSON(m)
	}
	rows := [][]string{{"NODE", "ID", "ADDRESS", "STATUS", "SINCE", "ROLE", "WORKERS", "TAGS", "VERSION"}}
	for _, member := range m.Members {
		status := member.Status
		if member.Draining {
			status += ", draining"
		}
		rows = append(rows, []string{
			member.Name, member.ID, member.Address, status, age(member.Since), dash(member.Role),
			strconv.Itoa(member.Workers) + "/" + strconv.Itoa(member.Slots), dash(strings.Join(member.Tags, ",")), member.Version,
		})
	}
	return p.printTable(rows)
}

// dash stands for nothing in tables.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
