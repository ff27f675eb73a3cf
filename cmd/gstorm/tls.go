package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/identity"
)

func (p *program) tlsCommand() *cli.Command {
	dir := &cli.StringFlag{Name: "dir", Value: ".", Usage: "the authority is in `DIR`"}
	return p.command(cli.Command{
		Name: "tls", Usage: "make the certificates of a cluster", ArgsUsage: "ca|cert",
		Description: `Agents and workers of a cluster know each other by certificates of one authority. Make the authority once, on a machine
that you trust, and a certificate for each machine of the cluster:

   gstorm tls ca --dir tls
   gstorm tls cert --dir tls node1 10.0.0.1
   gstorm tls cert --dir tls node2 10.0.0.2

Either does nothing if what it would make is there already. Certificates of your own do as well: they must be for servers
and clients, and all for one name, which the setting peer-name says.`,
		Subcommands: []*cli.Command{
			p.command(cli.Command{
				Name: "ca", Usage: "make the authority of a cluster",
				Flags: []cli.Flag{
					dir,
					&cli.StringFlag{Name: "cluster", Value: identity.DefaultCluster, Usage: "the cluster's `NAME`, as the agents' setting cluster says it"},
					&cli.IntFlag{Name: "days", Value: 3650, Usage: "it ends after `N` days"},
				},
				Action: p.tlsAuthority,
			}),
			p.command(cli.Command{
				Name: "cert", Usage: "make the certificate of one machine", ArgsUsage: "NAME [NAME OR ADDRESS...]",
				Description: `Makes a certificate for an agent and its workers, with its key and the authority's certificate, in a folder that is called
as the first NAME. Agents and workers take it at whatever address; browsers and other programs look whether it is for the
name or the address that they connect to, so name all of those. A certificate that is there is left alone, unless it ends
soon: then it is replaced. Agents take a new one without being started again.`,
				Flags: []cli.Flag{
					dir,
					&cli.StringFlag{Name: "out", Usage: "write to `FOLDER`, not to one in DIR that is called NAME"},
					&cli.IntFlag{Name: "days", Value: 365, Usage: "it ends after `N` days, or with the authority"},
					&cli.BoolFlag{Name: "renew", Usage: "replace the one that is there"},
				},
				Action: p.tlsCertificate,
			}),
		},
		Action: func(c *cli.Context) error { return notAny(c, "ca, cert") },
	})
}

// notAny is the error of a command that has others below it, when none of those was named.
func notAny(c *cli.Context, known string) error {
	if name := c.Args().First(); name != "" {
		return usagef(c, "there is no %q, but %s", name, known)
	}
	return usagef(c, "one of %s is expected", known)
}

// validity is the flag --days.
func validity(c *cli.Context) (time.Duration, error) {
	const most = 100 * 365
	if days := c.Int("days"); days < 1 || days > most {
		return 0, usagef(c, "--days is %d, it must be from 1 to %d", days, most)
	}
	return time.Duration(c.Int("days")) * 24 * time.Hour, nil
}

func (p *program) tlsAuthority(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef(c, "%q is one too many", c.Args().First())
	}
	valid, err := validity(c)
	if err != nil {
		return err
	}
	dir := c.String("dir")
	ca, err := identity.OpenCA(dir)
	switch {
	case err == nil && c.IsSet("cluster") && ca.Cluster != c.String("cluster"):
		return &invalidError{fmt.Errorf("%s is the authority of the cluster %s; nothing was written", filepath.Join(dir, identity.CAFile), ca.Cluster)}
	case err == nil:
		return p.print("%s  is there already: the authority of the cluster %s, until %s\n", filepath.Join(dir, identity.CAFile), ca.Cluster, identity.Day(ca.Ends()))
	case !errors.Is(err, fs.ErrNotExist):
		return &invalidError{err}
	}
	if ca, err = identity.NewCA(c.String("cluster"), valid); err != nil {
		return usagef(c, "%v", err)
	}
	if err := ca.Save(dir); errors.Is(err, fs.ErrExist) {
		return &invalidError{fmt.Errorf("one of %s and %s is there without the other; nothing was written: %w", identity.CAFile, identity.CAKeyFile, err)}
	} else if err != nil {
		return fmt.Errorf("write the authority: %w", err)
	}
	return p.print(`%s      the authority of the cluster %s, until %s: all agents need it, and who connects to one
%s  its key: whoever has it can make members of the cluster, so keep it here, and on no agent
`, filepath.Join(dir, identity.CAFile), ca.Cluster, identity.Day(ca.Ends()), filepath.Join(dir, identity.CAKeyFile))
}

func (p *program) tlsCertificate(c *cli.Context) error {
	if c.NArg() == 0 {
		return usagef(c, "NAME is missing: what the certificate is for")
	}
	valid, err := validity(c)
	if err != nil {
		return err
	}
	ca, err := identity.OpenCA(c.String("dir"))
	if errors.Is(err, fs.ErrNotExist) {
		return usagef(c, "there is no authority in %s: make one with gstorm tls ca --dir %[1]s", c.String("dir"))
	} else if err != nil {
		return &invalidError{err}
	}
	hosts := c.Args().Slice()
	made, err := ca.Issue(hosts, valid)
	if err != nil {
		return &invalidError{err}
	}
	folder := c.String("out")
	if folder == "" {
		folder = filepath.Join(c.String("dir"), hosts[0])
	}
	replace := c.Bool("renew")
	if !replace {
		there, err := ca.Issued(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist): // Save tells if only a part of it is there
		case err != nil:
			return &invalidError{fmt.Errorf("%w; --renew replaces it", err)}
		case !there.Covers(hosts):
			return &invalidError{fmt.Errorf("%s is there, and is not for all of %s; --renew replaces it", filepath.Join(folder, identity.CertFile), strings.Join(hosts, ", "))}
		case !there.EndsSoon():
			return p.print("%s  is there already, until %s\n", filepath.Join(folder, identity.CertFile), identity.Day(there.Ends()))
		default:
			replace = true
		}
	}
	if err := made.Save(folder, replace); errors.Is(err, fs.ErrExist) {
		return &invalidError{fmt.Errorf("%w, without the files that belong to it; --renew replaces it", err)}
	} else if err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	return p.print(`%s  for %s, until %s
%s   its key
%s    the authority

Copy them to that machine, key.pem for nobody but the agent's user, and name them in the agent's settings:

    ca: /etc/gstorm/ca.pem
    cert: /etc/gstorm/cert.pem
    key: /etc/gstorm/key.pem
`, filepath.Join(folder, identity.CertFile), strings.Join(hosts, ", "), identity.Day(made.Ends()), filepath.Join(folder, identity.KeyFile), filepath.Join(folder, identity.CAFile))
}
