package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/deploy"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) deployCommand() *cli.Command {
	file := &cli.PathFlag{Name: "file", Aliases: []string{"f"}, Value: "cluster.yaml", Usage: "the cluster is described in `FILE`"}
	wait := &cli.DurationFlag{Name: "wait", Value: time.Minute, Usage: "give agents `TIME` to be members, and workers to move"}
	return p.command(cli.Command{
		Name: "deploy", Usage: "set up a cluster on machines that ssh reaches, or write manifests for one", ArgsUsage: "up|down|status|render",
		Description: `The file says on which machines, and how; docs/deploy.md has all of it. This is enough for a cluster of three, with
certificates, an encrypted gossip and a token, which are made once and kept in a folder beside the file:

   hosts: [10.0.0.1, 10.0.0.2, 10.0.0.3]

   gstorm deploy up                         install gstorm on them, and start it
   gstorm deploy up                         again, after a change: only what differs is done, one agent at a time
   gstorm deploy status
   gstorm deploy down 10.0.0.3              stop one of them

Machines are reached by the command ssh, as its configuration says, which must let you in without asking, and know their keys.`,
		Subcommands: []*cli.Command{
			p.command(cli.Command{
				Name: "up", Usage: "bring machines to what the file says", ArgsUsage: "[HOST...]",
				Description: `Installs gstorm, keys, settings and a unit for systemd where they differ, and starts agents that do not run. Agents whose
settings or program have changed are started again one after the other, each when the one before is back; their workers go
on meanwhile. A machine that can't be dealt with is named, the others go on, and the exit code is 1.`,
				Flags: []cli.Flag{
					file, wait,
					&cli.BoolFlag{Name: "prune", Usage: "take machines out of the cluster that are not in the file any more", DisableDefaultText: true},
				},
				Action: p.deployUp,
			}),
			p.command(cli.Command{
				Name: "down", Usage: "stop agents and workers", ArgsUsage: "[HOST...]",
				Description: `Agents say good-bye, then workers are told to end. Of all machines everything stops, and goes on with the next up; of some,
one machine after the other, and what runs there goes on elsewhere.`,
				Flags: []cli.Flag{
					file,
					&cli.BoolFlag{Name: "purge", Usage: "also remove gstorm, its settings and all its data from the machines", DisableDefaultText: true},
					&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask before that", DisableDefaultText: true},
				},
				Action: p.deployDown,
			}),
			p.command(cli.Command{
				Name: "status", Usage: "look at machines", ArgsUsage: "[HOST...]",
				Description: `Shows what each machine has and what the cluster says of it. The exit code is 1 if one is not a member that is alive.`,
				Flags:       []cli.Flag{file}, Action: p.deployStatus,
			}),
			p.renderCommand(file),
		},
		Action: func(c *cli.Context) error { return notAny(c, "up, down, status, render") },
	})
}

// resolve is the IP address of a name.
func resolve(host string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", err
	}
	for _, ip := range all {
		if ip = ip.Unmap(); ip.Is4() {
			return ip.String(), nil
		}
	}
	return all[0].String(), nil
}

// deployFile reads the file that the flags name.
func (p *program) deployFile(c *cli.Context, needHosts bool) (*deploy.File, error) {
	path := c.Path("file")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &invalidError{fmt.Errorf("%w: a file that describes the cluster is expected (docs/deploy.md), named by -f", err)}
	}
	return deploy.Read(path, text, resolve, needHosts)
}

// deployment is what acts on the hosts of a file; the caller calls done.
func (p *program) deployment(c *cli.Context, f *deploy.File, v *deploy.Vault) (d *deploy.Deployment, ctx context.Context, done func(), err error) {
	shell, err := deploy.OpenSSH()
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	var one sync.Mutex
	d = &deploy.Deployment{
		File: f, Vault: v, Shell: shell, Wait: c.Duration("wait"),
		Say: func(format string, args ...any) {
			one.Lock()
			defer one.Unlock()
			for line := range strings.Lines(fmt.Sprintf(format, args...)) {
				_, _ = fmt.Fprintln(p.stderr, "gstorm: "+terminal.Escape(strings.TrimRight(line, "\n")))
			}
		},
	}
	return d, ctx, func() { stop(); _ = shell.Close() }, nil
}

// deployUp is `gstorm deploy up`.
func (p *program) deployUp(c *cli.Context) error {
	f, err := p.deployFile(c, true)
	if err != nil {
		return err
	}
	if _, err := f.Select(c.Args().Slice()); err != nil {
		return &invalidError{err}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	binaries, err := f.ReadBinaries(self)
	if err != nil {
		return &invalidError{err}
	}
	v, err := f.OpenVault()
	if err != nil {
		return &invalidError{err}
	}
	d, ctx, done, err := p.deployment(c, f, v)
	if err != nil {
		return err
	}
	defer done()
	if len(v.Made) > 0 {
		d.Say("made %s, in %s: keep that folder, and keep it to yourself", strings.Join(v.Made, ", "), v.Folder)
	}
	rows, failed := d.Up(ctx, binaries, c.Args().Slice(), c.Bool("prune"))
	if err := p.printRows(rows, true); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if changed(rows) {
		return p.print("\nTo use it from here, where that port is reached:\n\n    %s\n", strings.Join(v.Hints(f.Addresses()), "\n    "))
	}
	return p.print("\nnothing had to be done: all is as %s says\n", f.Path)
}

// changed reports whether something was done on a host.
func changed(rows []deploy.Row) bool {
	for _, r := range rows {
		if r.Changed {
			return true
		}
	}
	return false
}

// deployDown is `gstorm deploy down`.
func (p *program) deployDown(c *cli.Context) error {
	f, err := p.deployFile(c, true)
	if err != nil {
		return err
	}
	hosts, err := f.Select(c.Args().Slice())
	if err != nil {
		return &invalidError{err}
	}
	if c.Bool("purge") && !c.Bool("yes") {
		var names []string
		for _, h := range hosts {
			names = append(names, h.Name)
		}
		_, _ = fmt.Fprintf(p.stderr, "gstorm: all that gstorm keeps on %s will be removed: topologies, logs, keys. Type yes to go on: ", strings.Join(names, ", "))
		answer, err := bufio.NewReader(p.stdin).ReadString('\n')
		if strings.TrimSpace(answer) != "yes" {
			return usagef(c, "nothing was done, for nobody said yes (%v); --yes says it", errors.Join(err))
		}
	}
	d, ctx, done, err := p.deployment(c, f, f.Vault())
	if err != nil {
		return err
	}
	defer done()
	_, err = d.Down(ctx, c.Args().Slice(), c.Bool("purge"))
	return err
}

// deployStatus is `gstorm deploy status`.
func (p *program) deployStatus(c *cli.Context) error {
	f, err := p.deployFile(c, true)
	if err != nil {
		return err
	}
	if _, err := f.Select(c.Args().Slice()); err != nil {
		return &invalidError{err}
	}
	d, ctx, done, err := p.deployment(c, f, f.Vault())
	if err != nil {
		return err
	}
	defer done()
	rows, failed := d.Status(ctx, c.Args().Slice())
	return errors.Join(p.printRows(rows, false), failed)
}

func (p *program) printRows(rows []deploy.Row, did bool) error {
	if len(rows) == 0 {
		return nil
	}
	table := [][]string{{"HOST", "SSH", "VERSION", "AGENT", "MEMBER", "ROLE"}}
	if did {
		table[0] = append(table[0], "DONE")
	}
	for _, r := range rows {
		row := []string{r.Host, r.SSH, dash(r.Version), r.Agent, dash(r.Member), dash(r.Role)}
		switch {
		case did && r.Err != nil:
			row = append(row, "failed")
		case did:
			row = append(row, dash(r.Did))
		}
		table = append(table, row)
	}
	return p.printTable(table)
}

// renderCommand is `gstorm deploy render`.
func (p *program) renderCommand(file cli.Flag) *cli.Command {
	secrets := &cli.BoolFlag{Name: "with-secrets", Usage: "write the keys into it, which are made if they are not there: who reads it is a member", DisableDefaultText: true}
	replicas := &cli.IntFlag{Name: "replicas", Usage: "of `N` agents", DefaultText: "as many as the file has hosts, or voters"}
	image := &cli.StringFlag{Name: "image", Value: "gstorm:" + gstorm.Version(), Usage: "of containers: `NAME`, which you have made"}
	return p.command(cli.Command{
		Name: "render", Usage: "write a manifest of the cluster to stdout", ArgsUsage: "k8s|nomad",
		Description: `Of the file they take name, voters, agent and security, and for Nomad the hosts.`,
		Subcommands: []*cli.Command{
			p.command(cli.Command{
				Name: "k8s", Usage: "a manifest for Kubernetes: a stateful set with services, claims and keys",
				Flags: []cli.Flag{
					file, secrets, replicas, image,
					&cli.StringFlag{Name: "namespace", Value: "default", Usage: "in the namespace `NAME`"},
					&cli.StringFlag{Name: "storage", Value: "10Gi", Usage: "`SIZE` of the volume of each agent"},
				},
				Action: func(c *cli.Context) error { return p.render(c, (*deploy.File).Kubernetes) },
			}),
			p.command(cli.Command{
				Name: "nomad", Usage: "a job for Nomad",
				Flags: []cli.Flag{
					file, secrets, replicas, image,
					&cli.StringFlag{Name: "driver", Value: "raw_exec", Usage: "`DRIVER` is raw_exec or docker"},
				},
				Action: func(c *cli.Context) error { return p.render(c, (*deploy.File).Nomad) },
			}),
		},
		Action: func(c *cli.Context) error { return notAny(c, "k8s, nomad") },
	})
}

// size is an amount of storage as Kubernetes writes it; label a name there.
var (
	size  = regexp.MustCompile(`^[1-9][0-9]*([KMGTP]i?)?$`)
	label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

func (p *program) render(c *cli.Context, of func(*deploy.File, deploy.Manifest, *deploy.Vault) (string, error)) error {
	if c.NArg() > 0 {
		return usagef(c, "%q is one too many", c.Args().First())
	}
	m := deploy.Manifest{
		Replicas: c.Int("replicas"), Image: c.String("image"), Namespace: c.String("namespace"), Storage: c.String("storage"), Driver: c.String("driver"), Secrets: c.Bool("with-secrets"),
	}
	switch nomad := c.Command.Name == "nomad"; {
	case m.Replicas < 0 || m.Replicas == 0 && c.IsSet("replicas"):
		return usagef(c, "--replicas is %d, it can't be below 1", m.Replicas)
	case nomad && m.Driver != "raw_exec" && m.Driver != "docker":
		return usagef(c, "--driver is %q: raw_exec or docker is expected", m.Driver)
	case !nomad && !size.MatchString(m.Storage):
		return usagef(c, "--storage is %q: a size like 10Gi is expected", m.Storage)
	case !nomad && !label.MatchString(m.Namespace):
		return usagef(c, "--namespace is %q, which can't be the name of one", m.Namespace)
	}
	f, err := p.deployFile(c, false)
	if err != nil {
		return err
	}
	v := f.Vault()
	if m.Secrets {
		if v, err = f.OpenVault(); err != nil {
			return &invalidError{err}
		}
	}
	text, err := of(f, m, v)
	if err != nil {
		return &invalidError{err}
	}
	_, err = io.WriteString(p.stdout, text)
	return err
}
