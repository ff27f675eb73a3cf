package main

import (
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
new version begins. If it does not run within the time of --check, the one before is run again, and the command fails.`,
		Flags: append(clusterFlags(waitFlag("to come to rest"),
			&cli.DurationFlag{Name: "check", Value: time.Minute, Usage: "go back to the version before if the new one does not run within `TIME`"},
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
		return nil
	}
	_, _ = fmt.Fprintf(p.stderr, "gstorm: %v\ngstorm: the version before is run again\n", failed)
	if err := ask.Do(c.Context, name, "rollback", api.Change{}); err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(fmt.Errorf("%s was not upgraded: %w", name, failed), p.awaitRunning(c.Context, ask, name, c.Duration("check")))
}
