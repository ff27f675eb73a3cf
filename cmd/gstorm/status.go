package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) statusCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "status", Usage: "show all about a topology of a cluster", ArgsUsage: "NAME",
		Description: `Shows what a topology does, where its workers are, what they have counted, their last errors, and what keeps any of them
from running. Of one that is no more it shows what has become of it, as long as that is remembered; NAME may be its id then.`,
		Flags: clusterFlags(
			&cli.BoolFlag{Name: "links", Usage: "also what has gone from worker to worker", DisableDefaultText: true},
			jsonFlag(),
		),
		Action: p.asked([]string{"NAME"}, p.status),
	})
}

func (p *program) status(c *cli.Context, ask *api.Client) error {
	get := ask.Topology
	if c.Bool("links") {
		get = ask.TopologyLinks
	}
	s, err := get(c.Context, c.Args().First())
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.printJSON(s)
	}
	return p.writeStatus(&s)
}

// writeStatus writes for people what is known of a topology.
func (p *program) writeStatus(s *api.TopologyStatus) error {
	if s.End != nil {
		p.writeEnd(&s.Topology)
		return nil
	}
	_, _ = fmt.Fprintf(p.stdout, "%s (%s), %s, version %d, submitted %s ago%s: %s\n",
		terminal.Escape(s.Name), terminal.Escape(s.ID), s.Status, s.Version, age(s.Submitted), by(s.By), terminal.Escape(s.State))
	for _, problem := range s.Problems {
		_, _ = fmt.Fprintln(p.stdout, "problem: "+terminal.Escape(problem))
	}
	if len(s.Missing) > 0 {
		_, _ = fmt.Fprintln(p.stdout, "not counted: what runs at "+terminal.Escape(strings.Join(s.Missing, ", "))+", which does not answer")
	}
	rows := [][]string{{"WORKER", "NODE", "STATE", "PID", "RESTARTS", "TASKS"}}
	for _, w := range s.Nodes {
		rows = append(rows, []string{strconv.Itoa(w.ID), w.NodeName, workerState(&w), pid(w.PID), strconv.Itoa(w.Restarts), ranges(w.Tasks)})
	}
	if len(rows) > 1 {
		_, _ = fmt.Fprintln(p.stdout)
		if err := p.printTable(rows); err != nil {
			return err
		}
	}
	if err := p.writeLinks(s.Links); err != nil || len(s.Stats.Components) == 0 {
		return err
	}
	style := terminal.Detect(p.stdout, p.stdout, p.getenv).SummaryStyle()
	return terminal.WriteSummary(p.stdout, s.Stats, style)
}

// writeLinks writes what has gone from worker to worker.
func (p *program) writeLinks(links []api.Link) error {
	if len(links) == 0 {
		return nil
	}
	_, _ = fmt.Fprintln(p.stdout)
	rows := [][]string{{"FROM", "TO", "TUPLES", "LOST", "FRAMES", "BYTES", "COMPRESSED", "CONNECTIONS", "REPEATED", "WAITS", "WAITING"}}
	for _, l := range links {
		n := func(n uint64) string { return strconv.FormatUint(n, 10) }
		compressed := "-"
		if l.Plain > 0 {
			compressed = fmt.Sprintf("%.0f%%", 100*float64(l.Bytes)/float64(l.Plain))
		}
		rows = append(rows, []string{
			strconv.Itoa(l.From), strconv.Itoa(l.To), n(l.Tuples), n(l.Lost), n(l.Frames), n(l.Bytes), compressed, n(l.Connections), n(l.Repeated), n(l.Waits), n(l.Waiting),
		})
	}
	return p.printTable(rows)
}

// writeEnd writes what has become of a topology that is no more.
func (p *program) writeEnd(t *api.Topology) {
	_, _ = fmt.Fprintf(p.stdout, "%s (%s), version %d, submitted %s%s, ended %s: %s\n", terminal.Escape(t.Name), terminal.Escape(t.ID), t.Version,
		t.Submitted.Local().Format(time.DateTime), by(t.By), t.End.At.Local().Format(time.DateTime), terminal.Escape(t.State))
	if trees := t.End.Trees; trees != nil {
		_, _ = fmt.Fprintf(p.stdout, "trees: %d emitted, %d acked, %d failed, %d timed out\n", trees.Emitted, trees.Acked, trees.Failed, trees.TimedOut)
	}
}

func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + terminal.Escape(who)
}

func workerState(w *api.Worker) string {
	switch {
	case w.Ready:
		return "running"
	case w.Running:
		return "starting"
	case w.Doing != "":
		return w.Doing
	}
	return "not running"
}

func pid(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

// ranges is a list of numbers that ascend, the short way: 1-3, 7.
func ranges(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		part := strconv.Itoa(list[i])
		if j > i {
			part += "-" + strconv.Itoa(list[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
