package main

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
)

func (p *program) versionCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "version", Usage: "print the version of gstorm, of Go and the platform",
		Action: func(*cli.Context) error {
			_, err := fmt.Fprintf(p.stdout, "gstorm %s (%s, %s/%s)\n", gstorm.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	})
}
