package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
)

const about = `gstorm runs Storm topologies whose spouts and bolts are written in Ruby, Python or JavaScript, or in anything that
speaks Storm's multilang protocol: no JVM, no ZooKeeper, nothing to configure. Every task is a process of its own. No tuple
that a reliable spout emitted is lost silently, and every error says which file, line, component and tuple it was about.

   gstorm new ruby word_count                   write a project to begin with: a topology and its test
   gstorm run word_count.rb -- a.txt b.txt      run it until every spout has finished, with two arguments of its own
   gstorm run word_count.py --for 10s           run one in Python for ten seconds at most
   gstorm run word_count.js --watch             run one in JavaScript while you edit it
   gstorm run word_count.yaml --for 10s         the same for a topology of Storm's Flux, whose components are scripts
   gstorm validate word_count.rb                see everything that is wrong with it
   gstorm graph word_count.rb --format mermaid  see what it looks like
   gstorm builtins                              see the spouts and bolts that need no code
   gstorm help run                              all about one command

Exit codes: 0 finished or stopped on purpose, 1 the topology failed, 2 invalid use or topology.`

// app is the command line: every subcommand is in a file of its own.
func (p *program) app() *cli.App {
	return &cli.App{
		Name: "gstorm", HelpName: "gstorm", Usage: "Storm topologies from one file", Description: about,
		UsageText: "gstorm COMMAND [options] FILE [-- ARGUMENTS OF THE TOPOLOGY]",
		Version:   gstorm.Version(),
		Commands: []*cli.Command{
			p.runCommand(), p.describeCommand(), p.validateCommand(), p.graphCommand(), p.componentCommand(), p.completeCommand(), p.conformCommand(),
			p.agentCommand(), p.membersCommand(), p.submitCommand(), p.listCommand(), p.statusCommand(), p.killCommand(),
			p.activateCommand(), p.deactivateCommand(), p.rebalanceCommand(), p.upgradeCommand(), p.rollbackCommand(), p.drainCommand(), p.restartCommand(),
			p.logLevelCommand(), p.logsCommand(), p.tapCommand(), p.traceCommand(), p.failedCommand(), p.deadLettersCommand(), p.errorsCommand(),
			p.monitorCommand(), p.topCommand(),
			p.keygenCommand(), p.tlsCommand(), p.tokenCommand(), p.deployCommand(),
			p.newCommand(), p.builtinsCommand(), p.libraryCommand(), p.versionCommand(), p.completionCommand(), p.guardCommand(), p.workerCommand(),
		},
		Action: p.noCommand, OnUsageError: onUsageError,
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		EnableBashCompletion: true, DisableSliceFlagSeparator: true,
		// The exit code is report's business: cli would end the process.
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

// command fills in what all subcommands have in common.
func (p *program) command(c cli.Command) *cli.Command {
	c.OnUsageError = onUsageError
	c.HideHelpCommand = true
	return &c
}

// noCommand is what happens without a known subcommand.
func (p *program) noCommand(c *cli.Context) error {
	if name := c.Args().First(); name != "" {
		return unknownCommand(c, name)
	}
	return cli.ShowAppHelp(c)
}

func unknownCommand(c *cli.Context, name string) error {
	if filepath.Ext(name) != "" {
		return usagef(c, "there is no command %q, did you mean gstorm run %s?", name, name)
	}
	var known []string
	for _, command := range c.App.VisibleCommands() {
		known = append(known, command.Name)
	}
	return usagef(c, "there is no command %q, but %s", name, strings.Join(known, ", "))
}

// onUsageError says what cli says, with the flags as people write them.
func onUsageError(c *cli.Context, err error, _ bool) error {
	message := strings.Replace(err.Error(), "flag provided but not defined: -", "there is no flag -", 1)
	for _, before := range []string{"flag -", "argument: -"} {
		head, name, found := strings.Cut(message, before)
		if end, _, _ := strings.Cut(name, ":"); found && len(end) > 1 {
			message = head + before + "-" + name
		}
	}
	if name, unknown := strings.CutPrefix(message, "there is no flag -"); unknown && c.Command != nil {
		name = strings.TrimLeft(name, "-")
		if near := cli.SuggestFlag(ofAboutThatLength(c.Command.Flags, name), name, false); near != "" {
			message += ", did you mean " + near + "?"
		}
	}
	return usagef(c, "%s", message)
}

// ofAboutThatLength leaves out flags that are much longer or shorter than a misspelt one: cli's measure is fond of long ones.
func ofAboutThatLength(flags []cli.Flag, name string) []cli.Flag {
	return slices.DeleteFunc(slices.Clone(flags), func(f cli.Flag) bool {
		return !slices.ContainsFunc(f.Names(), func(known string) bool {
			difference := len(known) - len(name)
			return -2 <= difference && difference <= 2
		})
	})
}
