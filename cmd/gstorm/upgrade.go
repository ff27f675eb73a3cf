package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
)

func (p *program) upgradeCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "upgrade", Usage: "have a topology of a cluster run another version", ArgsUsage: "NAME FILE|DIR [-- ARGUMENTS]",
		Description: `Checks the new version before anything happens. Then what is under way is handled, for no longer than the time of -w, and the
new version begins. If it does not run within the time of --check, or anything of it dies within the time of --trial from then
on, the one before is run again, and the command fails.`,
		Flags: append(clusterFlags(waitFlag("to come to rest"),
			&cli.DurationFlag{Name: "check", Value: time.Minute, Usage: "go back to the version before if the new one does not run within `TIME`"},
			&cli.DurationFlag{Name: "trial", Value: 10 * time.Second, Usage: "go back to it if a component or worker of the new one dies within `TIME` after it has begun"},
			&cli.StringFlag{Name: "env", Aliases: []string{"e"}, Value: "cluster", Usage: "tell the file that it will run in `ENV`"},
			&cli.PathFlag{Name: "root", Usage: "give the cluster the files of `DIR`", DefaultText: "the file's folder"},
		), slices.DeleteFunc(topologyFlags(), func(f cli.Flag) bool { return f.Names()[0] == "env" || f.Names()[0] == "name" })...),
		Action: p.upgrade,
	})
}

// upgrade is `gstorm upgrade`.
func (p *program) upgrade(c *cli.Context) error {
	if c.NArg() != 2 {
		return usagef(c, "expected NAME and FILE, there are %d operands", c.NArg())
	}
	ask, err := p.client(c)
	if err != nil {
		return err
	}
	how, err := change(c)
	if err != nil {
		return err
	}
	name := c.Args().First()
	s, err := p.flagged(c, c.Args().Get(1))
	if err != nil {
		return err
	}
	s.request.Name = name
	k, err := p.pack(c, s)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := p.deliver(c.Context, ask, k); err != nil {
		return err
	}
	how.Source = &k.source
	if err := ask.Do(c.Context, name, "upgrade", how); err != nil {
		return err
	}
	failed := p.awaitRunning(c.Context, ask, name, c.Duration("check"))
	if failed == nil {
		failed = p.tried(c.Context, ask, name, c.Duration("trial"))
	}
	if failed == nil {
		return nil
	}
	_, _ = fmt.Fprintf(p.stderr, "gstorm: %v\ngstorm: the version before is run again\n", failed)
	if err := ask.Do(c.Context, name, "rollback", api.Change{TakeBack: true}); err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(fmt.Errorf("%s was not upgraded: %w", name, failed), p.awaitRunning(c.Context, ask, name, c.Duration("check")))
}

// tried watches a topology that has just begun for some time. The error says what of it has died.
func (p *program) tried(ctx context.Context, ask *api.Client, name string, trial time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, trial, errTooLong)
	defer cancel()
	err := poll(ctx, func() (bool, error) {
		s, err := ask.Topology(ctx, name)
		if err != nil {
			return false, err
		}
		return false, died(&s)
	})
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), errTooLong) {
		return nil
	}
	return err
}

// died is what of a topology has died since its workers have begun, or nil.
func died(s *api.TopologyStatus) error {
	for i := range s.Nodes {
		if w := &s.Nodes[i]; w.Problem != "" {
			return fmt.Errorf("%s: worker %d at %s has ended: %s", s.Name, w.ID, w.NodeName, w.Problem)
		}
	}
	for i := range s.Stats.Components {
		if c := &s.Stats.Components[i]; c.Restarts > 0 {
			why := ""
			for _, e := range s.Stats.Errors {
				if e.Component == c.ID {
					why = ": " + e.Message
				}
			}
			return fmt.Errorf("%s: component %q has died%s", s.Name, c.ID, why)
		}
	}
	return nil
}

func (p *program) rollbackCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "rollback", Usage: "run again what a topology ran before its last upgrade", ArgsUsage: "NAME",
		Description: `What is under way is handled, for no longer than the time of -w, and the version before begins. The command waits until it runs.
Rolled back once more, it is the upgraded one again.`,
		Flags: clusterFlags(waitFlag("to come to rest")),
		Action: p.asked([]string{"NAME"}, func(c *cli.Context, ask *api.Client) error {
			how, err := change(c)
			if err != nil {
				return err
			}
			name := c.Args().First()
			if err := ask.Do(c.Context, name, "rollback", how); err != nil {
				return err
			}
			return p.awaitRunning(c.Context, ask, name, startTimeout)
		}),
	})
}
