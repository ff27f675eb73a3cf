package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func waitFlag(what string) cli.Flag {
	return &cli.Float64Flag{Name: "wait", Aliases: []string{"w"}, Usage: "give what is under way at most `SECS` seconds " + what, DefaultText: "topology.message.timeout.secs"}
}

// change is what the flags say of how a topology is to be changed.
func change(c *cli.Context) (api.Change, error) {
	if !c.IsSet("wait") {
		return api.Change{Wait: -1}, nil
	}
	if c.Float64("wait") < 0 {
		return api.Change{}, usagef(c, "--wait is %v, it can't be below 0", c.Float64("wait"))
	}
	return api.Change{Wait: c.Float64("wait")}, nil
}

func (p *program) killCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "kill", Usage: "end a topology of a cluster", ArgsUsage: "NAME",
		Description: `Its spouts stop, what is under way is handled, its bolts end in the order of the flow, and it is gone: as soon as nothing is
left to do, at the latest after the time of -w. What is pending then is cut. The command waits for the end.`,
		Flags: clusterFlags(waitFlag("before it is cut"), &cli.BoolFlag{Name: "no-wait", Usage: "do not wait for the end", DisableDefaultText: true}),
		Action: p.asked([]string{"NAME"}, func(c *cli.Context, ask *api.Client) error {
			how, err := change(c)
			if err != nil {
				return err
			}
			name := c.Args().First()
			how.By = who()
			if err := ask.Do(c.Context, name, "kill", how); err != nil {
				return err
			}
			if c.Bool("no-wait") {
				_, _ = fmt.Fprintf(p.stdout, "%s is being killed\n", name)
				return nil
			}
			if err := poll(c.Context, func() (bool, error) { return p.gone(c.Context, ask, name) }); err != nil {
				return err
			}
			_, _ = fmt.Fprintf(p.stdout, "%s has ended\n", name)
			return nil
		}),
	})
}

// gone reports whether there is no such topology any more.
func (p *program) gone(ctx context.Context, ask *api.Client, name string) (bool, error) {
	list, err := ask.Topologies(ctx)
	if err != nil {
		return false, err
	}
	for _, t := range list {
		if t.Name == name {
			return false, nil
		}
	}
	return true, nil
}

func (p *program) activateCommand() *cli.Command {
	return p.simple("activate", "let the spouts of a topology emit again", "%s is active\n")
}

func (p *program) deactivateCommand() *cli.Command {
	return p.simple("deactivate", "let the spouts of a topology rest; what is under way goes on", "%s is inactive\n")
}

// simple is a subcommand that does one thing to a topology.
func (p *program) simple(name, usage, done string) *cli.Command {
	return p.command(cli.Command{
		Name: name, Usage: usage, ArgsUsage: "NAME", Flags: clusterFlags(),
		Action: p.asked([]string{"NAME"}, func(c *cli.Context, ask *api.Client) error {
			if err := ask.Do(c.Context, c.Args().First(), name, api.Change{Wait: -1}); err != nil {
				return err
			}
			_, _ = fmt.Fprintf(p.stdout, done, c.Args().First())
			return nil
		}),
	})
}

func (p *program) rebalanceCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "rebalance", Usage: "change how many workers and tasks a topology has", ArgsUsage: "NAME",
		Description: `With -n, tasks move to other workers, and the rest goes on meanwhile. With -e, of which there may be several, components get
more or fewer tasks than they have, also more than they were submitted with: for that the topology comes to rest, for no
longer than the time of -w, and goes on with the new tasks.

   gstorm rebalance word_count -n 4
   gstorm rebalance word_count -e split=8 -e count=4 -w 10`,
		Flags: clusterFlags(
			&cli.IntFlag{Name: "workers", Aliases: []string{"n"}, Usage: "there are to be `N` workers"},
			&cli.StringSliceFlag{Name: "executors", Aliases: []string{"e"}, Usage: "a component is to have so many tasks: `COMPONENT=N`"},
			waitFlag("to come to rest"),
		),
		Action: p.asked([]string{"NAME"}, func(c *cli.Context, ask *api.Client) error {
			how, err := change(c)
			if err != nil {
				return err
			}
			how.Workers = c.Int("workers")
			for _, text := range c.StringSlice("executors") {
				id, number, _ := strings.Cut(text, "=")
				n, err := strconv.Atoi(number)
				if err != nil || id == "" {
					return usagef(c, "-e is %q, expected COMPONENT=N", text)
				}
				if how.Parallelism == nil {
					how.Parallelism = map[string]int{}
				}
				how.Parallelism[id] = n
			}
			if how.Workers == 0 && how.Parallelism == nil {
				return usagef(c, "say how many workers (-n N), or how many tasks of which component (-e COMPONENT=N)")
			}
			if err := ask.Do(c.Context, c.Args().First(), "rebalance", how); err != nil {
				return err
			}
			return p.awaitRunning(c.Context, ask, c.Args().First(), time.Minute)
		}),
	})
}

// awaitRunning waits until a topology runs, and says so; or says what keeps it from that.
func (p *program) awaitRunning(ctx context.Context, ask *api.Client, name string, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTooLong)
	defer cancel()
	state, problems := "", []string(nil)
	err := poll(ctx, func() (bool, error) {
		s, err := ask.Topology(ctx, name)
		if err != nil {
			return false, err
		}
		if s.End != nil { // already
			return true, ended(&s.Topology)
		}
		if s.State != state {
			state = s.State
			_, _ = fmt.Fprintf(p.stderr, "gstorm: %s: %s\n", name, state)
		}
		problems = s.Problems
		return s.State == "running" || s.State == "inactive", nil
	})
	if errors.Is(err, errTooLong) {
		return fmt.Errorf("%s does not run after %v: %s; see gstorm status %s", name, limit, strings.Join(append([]string{state}, problems...), "; "), name)
	}
	return err
}

var errTooLong = errors.New("it takes too long")

func (p *program) drainCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "drain", Usage: "have a node give away its workers, before it is switched off", ArgsUsage: "NODE",
		Description: `What runs on the node moves to others, and nothing new comes to it, until --undo. NODE is its name or id, as gstorm members
shows it. The command waits until nothing runs there any more.`,
		Flags: clusterFlags(
			&cli.BoolFlag{Name: "undo", Usage: "let it take workers again", DisableDefaultText: true},
			&cli.BoolFlag{Name: "forget", Usage: "then forget the node, which is not heard of any more and will not come back", DisableDefaultText: true},
		),
		Action: p.asked([]string{"NODE"}, p.drain),
	})
}

func (p *program) drain(c *cli.Context, ask *api.Client) error {
	node := c.Args().First()
	if err := ask.DrainNode(c.Context, node, !c.Bool("undo")); err != nil {
		return err
	}
	if c.Bool("undo") {
		_, _ = fmt.Fprintf(p.stdout, "%s takes workers again\n", node)
		return nil
	}
	if err := p.awaitDrained(c.Context, ask, node); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stdout, "%s has no workers any more\n", node)
	if !c.Bool("forget") {
		return nil
	}
	if err := ask.RemoveNode(c.Context, node); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stdout, "%s is forgotten\n", node)
	return nil
}

// awaitDrained waits until a node has no workers and runs none, and says meanwhile how many are left, and what keeps
// topologies from going elsewhere.
func (p *program) awaitDrained(ctx context.Context, ask *api.Client, node string) error {
	said := ""
	return poll(ctx, func() (bool, error) {
		m, err := ask.Members(ctx)
		if err != nil {
			return false, err
		}
		left := 0
		for _, member := range m.Members {
			if member.ID == node || member.Name == node {
				left += max(member.Workers, member.Running)
			}
		}
		if left == 0 {
			return true, nil
		}
		list, err := ask.Topologies(ctx)
		if err != nil {
			return false, err
		}
		text := fmt.Sprintf("gstorm: %s: %d workers are left\n", node, left)
		for _, t := range list {
			for _, problem := range t.Problems {
				text += fmt.Sprintf("gstorm: %s: %s\n", t.Name, problem)
			}
		}
		if text != said {
			said = text
			_, _ = fmt.Fprint(p.stderr, terminal.Escape(text))
		}
		return false, nil
	})
}
