package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/host/child"
)

// guardName is the hidden subcommand that gstorm starts beside itself: it kills the components' processes should gstorm
// be killed.
const guardName = "__guard"

func (p *program) guardCommand() *cli.Command {
	return p.command(cli.Command{
		Name: guardName, Hidden: true, Usage: "internal: ends the components' processes should gstorm be killed",
		Action: func(*cli.Context) error { return child.RunGuard(os.Stdin, p.stderr) },
	})
}

// guard is the command that starts the guard. Without it a killed gstorm would leave processes behind, so that its own
// file can't be found is an error.
func guard() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{self, guardName}, nil
}
