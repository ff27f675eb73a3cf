package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/terminal"
)

// lastFlag is how many failures or dead letters are shown.
func lastFlag() cli.Flag {
	return &cli.IntFlag{Name: "last", Value: 20, Usage: "show the newest `N`, up to 1000"}
}

func (p *program) failedCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "failed", Usage: "show which messages of a topology's spouts have failed, where and why", ArgsUsage: "NAME",
		Description: `Shows the messages whose trees have failed or timed out since the topology runs, the newest first: how often, which component failed
them, the file and line where that is known, and the values. They are known from the second failure within a minute on, and always
where gstorm.retry.max is set. Each task of a spout remembers 1,000.

   gstorm failed word_count
   gstorm failed word_count --run         of what gstorm run --ui runs on this machine`,
		Flags: clusterFlags(
			&cli.StringFlag{Name: "run", Usage: "ask the gstorm run --ui at `HOST:PORT`; without an address, the one at " + pageAddress, DefaultText: "a cluster is asked"},
			lastFlag(), jsonFlag(),
		),
		Action: p.failed,
	})
}

// failed is `gstorm failed`.
func (p *program) failed(c *cli.Context) error {
	switch {
	case c.NArg() == 0:
		return usagef(c, "NAME is missing")
	case c.NArg() > 1:
		return usagef(c, "%q is one too many", c.Args().Get(1))
	}
	ask, err := p.whoShows(c)
	if err != nil {
		return err
	}
	all, err := ask.Failures(c.Context, c.Args().First(), c.Int("last"))
	if err != nil {
		return whyNot(c, err)
	}
	if c.Bool("json") {
		return p.printJSON(all)
	}
	if all.Total == 0 {
		_, err := fmt.Fprintln(p.stderr, "nothing has failed")
		return err
	}
	rows := [][]string{{"last", "spout", "times", "where", "why", "message", "values"}}
	for i := range all.Failures {
		f := &all.Failures[i]
		times := strconv.FormatUint(f.Times, 10)
		if f.Dead {
			times += ", dead"
		}
		rows = append(rows, []string{
			age(f.Last) + " ago", taskOf(f.Component, f.Task, f.Stream), times, whereOf(&f.Cause), f.Cause.Reason, f.Message, valuesOf(f.Values, f.More),
		})
	}
	if err := p.printTable(rows); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stderr, "%d shown, of %d messages that are remembered, which are those that failed last; %d failures in all\n", len(all.Failures), all.Kept, all.Total)
	return err
}

// taskOf names a task, and the stream if it is not the default one.
func taskOf(component string, task int, stream string) string {
	name := fmt.Sprintf("%s/%d", component, task)
	if stream != "" && stream != gstorm.DefaultStream {
		name += " " + stream
	}
	return name
}

// whereOf is where something failed.
func whereOf(c *stats.FailureCause) string {
	if c.Component == "" {
		return "-"
	}
	where := fmt.Sprintf("%s/%d", c.Component, c.Task)
	if c.File != "" {
		where += fmt.Sprintf(" %s:%d", c.File, c.Line)
	}
	return where
}

// valuesOf are values on one line.
func valuesOf(values []stats.TapValue, more int) string {
	var parts []string
	for _, v := range values {
		text := v.Field + "=" + v.JSON
		if v.Bytes > 0 {
			text += fmt.Sprintf("… (%d bytes)", v.Bytes)
		}
		parts = append(parts, text)
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return cmp.Or(strings.Join(parts, "  "), "-")
}

func (p *program) deadLettersCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "dead-letters", Usage: "show, replay or drop tuples that have failed too often", ArgsUsage: "NAME [list | replay ID... | drop ID...]",
		Description: `Dead letters are tuples of spouts that have failed as often in a row as gstorm.retry.max lets them. They are kept on the disks of the
machines where their spouts ran, also when the topology is killed, until they are replayed or dropped. Replayed ones are emitted once
more, as soon as their spout is there and may emit, and are gone when they were acked.

   gstorm dead-letters word_count
   gstorm dead-letters word_count replay 0f2ab97c41de
   gstorm dead-letters word_count drop --all

With --run they are those of topologies that gstorm run has run on this machine, whether one of them still runs or not: what is to
be replayed is by the one that runs, or the next one.`,
		Flags: clusterFlags(
			&cli.StringFlag{Name: "run", Usage: "those of gstorm run on this machine; or ask the gstorm run --ui at `HOST:PORT`", DefaultText: "a cluster is asked"},
			&cli.BoolFlag{Name: "all", Usage: "replay or drop all", DisableDefaultText: true},
			lastFlag(), jsonFlag(),
		),
		Action: p.deadLetters,
	})
}

// deadLetters is `gstorm dead-letters`.
func (p *program) deadLetters(c *cli.Context) error {
	if c.NArg() == 0 {
		return usagef(c, "NAME is missing")
	}
	if last := c.Int("last"); last < 1 || last > 1000 {
		return usagef(c, "--last is %d, expected 1 to 1000", last)
	}
	name, what := c.Args().First(), cmp.Or(c.Args().Get(1), "list")
	choice := stats.LetterChoice{All: c.Bool("all")}
	if c.NArg() > 2 {
		choice.IDs = c.Args().Slice()[2:]
	}
	switch what {
	case "list":
		if c.NArg() > 2 || choice.All {
			return usagef(c, "list takes no IDs and no --all")
		}
	case "replay", "drop":
		if choice.All == (len(choice.IDs) > 0) {
			return usagef(c, "say which to %s: IDs, or --all", what)
		}
	default:
		return usagef(c, "%q can't be done with dead letters, but list, replay and drop", what)
	}
	desk, err := p.letterDesk(c)
	if err != nil {
		return err
	}
	if what == "list" {
		all, err := desk.show(name, c.Int("last"))
		if err != nil {
			return whyNot(c, err)
		}
		return p.printLetters(c, &all)
	}
	done, err := desk.work(name, what, choice)
	switch {
	case err != nil:
		return whyNot(c, err)
	case done == 0 && !choice.All:
		return fmt.Errorf("there is no dead letter %q", choice.IDs[0])
	}
	said := map[string]string{"replay": "to be replayed", "drop": "dropped"}[what]
	_, err = fmt.Fprintf(p.stdout, "%d dead letters %s\n", done, said)
	return err
}

// letterDesk is who has the dead letters: a cluster, the page of a run, or files of this machine.
type letterDesk struct {
	show func(name string, last int) (stats.DeadLetters, error)
	work func(name, what string, choice stats.LetterChoice) (int, error)
}

func (p *program) letterDesk(c *cli.Context) (*letterDesk, error) {
	if c.IsSet("run") && c.String("run") == pageAddress {
		return &letterDesk{showOwnLetters, workOwnLetters}, nil
	}
	ask, err := p.whoShows(c)
	if err != nil {
		return nil, err
	}
	return &letterDesk{
		func(name string, last int) (stats.DeadLetters, error) { return ask.DeadLetters(c.Context, name, last) },
		func(name, what string, choice stats.LetterChoice) (int, error) {
			return ask.WorkLetters(c.Context, name, what, choice)
		},
	}, nil
}

// showOwnLetters are the dead letters of runs of a topology on this machine.
func showOwnLetters(name string, last int) (stats.DeadLetters, error) {
	list, err := deadletters.OfRun(name)
	if err != nil {
		return stats.DeadLetters{}, err
	}
	return list.Show(last, 0)
}

func workOwnLetters(name, what string, choice stats.LetterChoice) (int, error) {
	list, err := deadletters.OfRun(name)
	if err != nil {
		return 0, err
	}
	if what == "drop" {
		return list.Drop(choice)
	}
	return list.Ask(choice, nil)
}

// printLetters shows dead letters.
func (p *program) printLetters(c *cli.Context, all *stats.DeadLetters) error {
	if c.Bool("json") {
		return p.printJSON(all)
	}
	if len(all.Missing) > 0 {
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape("those of some nodes can't be had: "+strings.Join(all.Missing, ", ")))
	}
	if all.Damaged > 0 {
		_, _ = fmt.Fprintf(p.stderr, "%d lines of the lists can't be read\n", all.Damaged)
	}
	if all.Total == 0 {
		_, err := fmt.Fprintln(p.stderr, "there are no dead letters")
		return err
	}
	rows := [][]string{{"id", "last", "spout", "state", "failures", "where", "why", "message", "values"}}
	for i := range all.Letters {
		l := &all.Letters[i]
		rows = append(rows, []string{
			l.ID, age(l.Last) + " ago", taskOf(l.Component, l.Task, l.Stream), l.State, strconv.FormatUint(l.Failures, 10), whereOf(&l.Cause), l.Cause.Reason,
			l.Message, valuesOf(l.Values, l.More),
		})
	}
	if err := p.printTable(rows); err != nil {
		return err
	}
	if all.Full {
		_, _ = fmt.Fprintln(p.stderr, "there is no room for more: spouts are told of failures as without gstorm.retry.max")
	}
	if all.Total > len(all.Letters) {
		_, _ = fmt.Fprintf(p.stderr, "%d shown, of %d\n", len(all.Letters), all.Total)
	}
	return nil
}
