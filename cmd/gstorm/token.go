package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/identity"
)

func (p *program) tokenCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "token", Usage: "make the tokens of people and programs that use a cluster", ArgsUsage: "new",
		Description: `Who is no member of a cluster shows a token, which says what they may do: look (read), also submit, kill and change
topologies (operate), or also change the cluster itself (admin). Agents know tokens by a file of hashes, which the setting
tokens names; a line that is added or removed there holds at once. To take a token back, remove its line.

   gstorm token new --name alice --role operate --file tokens`,
		Subcommands: []*cli.Command{
			p.command(cli.Command{
				Name: "new", Usage: "make a token",
				Description: `Prints the token, which nobody can find out again, and the line for the file of tokens of every agent; with --file the
line is added to the file, and only the token is printed.`,
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "name", Usage: "whose it is, or what for: the log calls them `NAME`"},
					&cli.StringFlag{Name: "role", Usage: "what they may do: `ROLE` is read, operate or admin"},
					&cli.IntFlag{Name: "days", Usage: "it expires after `N` days; if it is not said, never"},
					&cli.StringFlag{Name: "file", Usage: "add the line to `FILE`, which is made if it is not there"},
				},
				Action: p.newToken,
			}),
		},
		Action: func(c *cli.Context) error { return notAny(c, "new") },
	})
}

func (p *program) newToken(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef(c, "%q is one too many", c.Args().First())
	}
	for _, flag := range []string{"name", "role"} {
		if c.String(flag) == "" {
			return usagef(c, "--%s is missing", flag)
		}
	}
	var expires time.Time
	if c.IsSet("days") {
		valid, err := validity(c)
		if err != nil {
			return err
		}
		expires = time.Now().Add(valid)
	}
	secret, token, err := identity.NewToken(c.String("name"), identity.Role(c.String("role")), expires)
	if err != nil {
		return usagef(c, "%v", err)
	}
	file := c.String("file")
	if file == "" {
		return p.print(`the token, which is shown only now:

    %s

its line for the file of tokens of every agent:

    %s
`, secret, token)
	}
	if err := identity.AddToken(file, token); errors.As(err, new(*fs.PathError)) {
		return fmt.Errorf("write token: %w", err)
	} else if err != nil {
		return &invalidError{fmt.Errorf("%w; nothing was written", err)}
	}
	return p.print("%s\n", secret)
}
