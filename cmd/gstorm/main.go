// Command gstorm runs Storm topologies from one file. See `gstorm help`.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/gstorm/gstorm/adapters"
	fluxadapter "github.com/gstorm/gstorm/adapters/flux"
	"github.com/gstorm/gstorm/adapters/goplugin"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
	"github.com/gstorm/gstorm/connectors/builtin"
	"github.com/gstorm/gstorm/internal/terminal"
)

func main() {
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is gstorm with all that it ships; it returns the exit code. args[0] is the program's name.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{
		stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv,
		adapters: []adapters.Adapter{ruby.Adapter{}, python.Adapter{}, javascript.Adapter{}, goplugin.Adapter{}, fluxadapter.Adapter{}}, builtins: builtin.All(),
	}
	return p.main(ctx, args)
}

func (p *program) main(ctx context.Context, args []string) int {
	app := p.app()
	args, p.arguments = arrange(app, args)
	return p.report(app.RunContext(ctx, args))
}

// program is one run of the command, and what it can reach of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	adapters       []adapters.Adapter
	builtins       builtin.Catalog
	arguments      []string // the topology's own: what stood after --
}

// print writes what a command has to say to stdout.
func (p *program) print(format string, args ...any) error {
	if _, err := fmt.Fprint(p.stdout, terminal.Escape(fmt.Sprintf(format, args...))); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
