package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/spec"
)

func (p *program) conformCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "conform", Usage: "test whether a component speaks the multilang protocol", ArgsUsage: "-- COMMAND [ARGUMENTS]",
		Description: `Plays the host against a component: starts COMMAND once for each conformance case, without a shell, and prints how it
went. For those who write a library for a new language, or want to know what theirs does. The exit code is 1 if a case
failed.

   gstorm conform --kind bolt -- ruby my_bolt.rb
   gstorm conform --kind spout --known-failing known.txt -- python3 my_spout.py
   gstorm conform --profile any -- ./whatever

Nobody can know what your own component does with a tuple, so write a small one with the library:

   a bolt that emits the first value of each tuple, anchored to the tuple, and acks it;
   a spout that emits 1, then 2, then 3, on the default stream, each with a message id, and again what failed.

With --profile any, all that needs more than any component does is left out.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "kind", Value: spec.Bolt, Usage: "what COMMAND is: spout or bolt"},
			&cli.StringFlag{Name: "profile", Usage: "what COMMAND does: echo (bolts), count (spouts) or any", DefaultText: "echo or count"},
			&cli.StringFlag{Name: "known-failing", Usage: "`FILE` with ids of cases that fail, a line each; one of them that passes is a failure too"},
		},
		Action: p.conform,
	})
}

func (p *program) conform(c *cli.Context) error {
	component, err := p.tested(c)
	if err != nil {
		return err
	}
	known, err := knownFailures(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	counts, wrong := map[spec.Status]int{}, 0
	err = spec.Conform(ctx, component, known, func(r *spec.Result) {
		counts[r.Status]++
		if !r.OK() {
			wrong++
		}
		p.showCase(r)
	})
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return &invalidError{err} // nothing was tested
	}
	if err != nil {
		return err
	}
	var sum []string
	for _, status := range []spec.Status{spec.Passed, spec.Failed, spec.Known, spec.Unexpected, spec.NotApplicable} {
		if n := counts[status]; n > 0 {
			sum = append(sum, fmt.Sprintf("%d %s", n, status))
		}
	}
	if _, err := fmt.Fprintf(p.stdout, "%s: %s\n", component.Kind, strings.Join(sum, ", ")); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if wrong > 0 {
		return fmt.Errorf("%s did not go as they should", plural(wrong, "case"))
	}
	return nil
}

// tested is the component that the command line names.
func (p *program) tested(c *cli.Context) (spec.Component, error) {
	t := spec.Component{Kind: c.String("kind"), Command: p.arguments}
	if c.NArg() > 0 {
		return t, usagef(c, "the command comes after --")
	}
	if len(t.Command) == 0 {
		return t, usagef(c, "no component: give its command after --")
	}
	if t.Kind != spec.Spout && t.Kind != spec.Bolt {
		return t, usagef(c, "--kind is spout or bolt, not %q", t.Kind)
	}
	t.Profile = spec.ProfileOf(t.Kind)
	switch chosen := spec.Profile(c.String("profile")); chosen {
	case "", t.Profile:
	case spec.Any:
		t.Profile = chosen
	default:
		return t, usagef(c, "--profile of a %s is %s or %s, not %q", t.Kind, t.Profile, spec.Any, chosen)
	}
	return t, nil
}

func knownFailures(c *cli.Context) (spec.Failures, error) {
	name := c.String("known-failing")
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, usagef(c, "%v", err)
	}
	defer file.Close()
	known, err := spec.ReadFailures(file)
	if err != nil {
		return nil, usagef(c, "%s: %v", name, err)
	}
	return known, nil
}

// showCase prints a line for a case, and what was wrong where something was.
func (p *program) showCase(r *spec.Result) {
	text := fmt.Sprintf("%-15s %-22s %s\n", r.Status, r.Case.ID, r.Case.Title)
	if r.Status == spec.Failed {
		text += "    why: " + r.Case.Why + "\n"
		for line := range strings.Lines(r.Text) {
			text += "    " + strings.TrimRight(line, "\n") + "\n"
		}
	}
	// A failure to print shows at the last line.
	_, _ = fmt.Fprint(p.stdout, terminal.Escape(text))
}
