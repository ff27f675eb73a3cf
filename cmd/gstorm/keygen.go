package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/identity"
)

func (p *program) keygenCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "keygen", Usage: "make a key for the gossip of a cluster",
		Description: `Prints 32 random bytes in base64, with which the agents of a cluster encrypt their gossip. All agents have the same, each
in a file that its setting gossip-key names.

To change it, add the new one as a second line to the file of every agent, and start them again, one after the other; then
make it the first line, and start them again; then remove the old one.

   gstorm keygen -o gossip.key`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write it to `FILE`, which only you can read, and which must not be there yet"},
		},
		Action: p.keygen,
	})
}

func (p *program) keygen(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef(c, "%q is one too many", c.Args().First())
	}
	key, file := identity.NewKey(), c.String("output")
	if file == "" {
		return p.print("%s\n", key)
	}
	if err := identity.SaveKey(file, key); errors.Is(err, fs.ErrExist) {
		return &invalidError{fmt.Errorf("%s exists already; nothing was written", file)}
	} else if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return p.print("%s  the key: copy it to every agent of the cluster, whose setting gossip-key names it\n", file)
}
