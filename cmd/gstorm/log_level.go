package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/loglevel"
)

// resetLevel is what takes a level back.
const resetLevel = "reset"

func (p *program) logLevelCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "log-level", Usage: "show or set from which level on components log", ArgsUsage: "NAME [COMPONENT] [LEVEL]",
		Description: `Sets from which level on a component logs, or all of a topology, while it runs: debug, info, warn or error; reset has it log again as
before. It holds for workers that start later, too. What a component only says at a lower level it then really says: the log has it. What
it prints is not concerned. Without a level it shows what was set.

   gstorm log-level word_count split debug --for 10m
   gstorm log-level word_count warn
   gstorm log-level word_count split reset
   gstorm log-level word_count`,
		Flags: clusterFlags(runFlag(), &cli.DurationFlag{Name: "for", Usage: "take the level back after `TIME`", DefaultText: "it stays"}, jsonFlag()),
		Action: func(c *cli.Context) error {
			names := []string{"NAME", "COMPONENT", "LEVEL"}
			return p.asked(names[:min(max(c.NArg(), 1), len(names))], p.logLevel)(c)
		},
	})
}

func (p *program) logLevel(c *cli.Context, ask *api.Client) error {
	name, component, level := c.Args().Get(0), c.Args().Get(1), c.Args().Get(2)
	known := append([]string{resetLevel}, loglevel.Names...)
	if level == "" && slices.Contains(known, component) {
		component, level = "", component
	}
	if level != "" && !slices.Contains(known, level) {
		return usagef(c, "the level is %q: %s is expected", level, strings.Join(known, ", "))
	}
	if c.IsSet("for") && (c.Duration("for") <= 0 || level == "" || level == resetLevel) {
		return usagef(c, "--for must be more than 0, and needs a level that is set")
	}
	var list loglevel.List
	var err error
	if level == "" {
		list, err = ask.LogLevels(c.Context, name)
	} else {
		change := loglevel.Change{Component: component, Level: strings.TrimPrefix(level, resetLevel), Seconds: c.Duration("for").Seconds()}
		list, err = ask.SetLogLevel(c.Context, name, change)
	}
	if err != nil {
		return whyNot(c, err)
	}
	if level == "" && component != "" {
		list.Levels = slices.DeleteFunc(list.Levels, func(l loglevel.Level) bool { return l.Component != component && l.Component != "" })
	}
	if c.Bool("json") {
		return p.printJSON(list)
	}
	rows := [][]string{{"COMPONENT", "LEVEL", "UNTIL"}}
	for _, l := range list.Levels {
		until := "it is changed"
		if l.Until != nil {
			until = l.Until.Local().Format(time.DateTime)
		}
		rows = append(rows, []string{cmp.Or(l.Component, "all others"), l.Level, until})
	}
	if len(list.Levels) == 0 {
		rows = [][]string{{"all components log as they do by themselves"}}
	}
	return p.printTable(rows)
}
