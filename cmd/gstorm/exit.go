package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/terminal"
)

// The exit codes.
const (
	exitDone    = 0 // finished, or stopped on purpose
	exitFailed  = 1 // the topology failed, or gstorm did
	exitInvalid = 2 // the command line or the topology is not valid; nothing was started
)

// usageError is a command line that can't be understood.
type usageError struct {
	command string // as the user would type it: gstorm run
	message string
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%s: %s (see %s --help)", e.command, e.message, e.command)
}

func usagef(c *cli.Context, format string, args ...any) error {
	command := "gstorm"
	if c.Command != nil && c.Command.HelpName != "" {
		command = c.Command.HelpName
	}
	return &usageError{command, fmt.Sprintf(format, args...)}
}

// invalidError is something about the topology that keeps it from being run, and that is no gstorm.Problems.
type invalidError struct{ cause error }

func (e *invalidError) Error() string { return e.cause.Error() }
func (e *invalidError) Unwrap() error { return e.cause }

// driverError says that the file's code after submission failed, while its topology ran.
type driverError struct{ cause error }

func (e *driverError) Error() string {
	return "the code that the file runs after submission failed:\n" + e.cause.Error()
}
func (e *driverError) Unwrap() error { return e.cause }

// errShown ends a command with exitInvalid that has shown on stdout what is wrong.
var errShown = errors.New("problems were shown")

// report tells the user about the error that ended the command, and returns the exit code.
func (p *program) report(err error) int {
	code := exitCode(err)
	var problems gstorm.Problems
	switch {
	case err == nil || errors.Is(err, errShown):
	case code == exitInvalid && errors.As(err, &problems):
		p.complain(problems)
	case errors.As(err, new(*usageError)):
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape(err.Error()))
	default:
		_, _ = fmt.Fprintln(p.stderr, "gstorm: "+terminal.Escape(err.Error()))
	}
	return code
}

// complain writes problems to stderr as compilers do, a line each.
func (p *program) complain(problems gstorm.Problems) {
	for _, problem := range problems {
		_, _ = fmt.Fprintln(p.stderr, terminal.Escape(problem.String()))
	}
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, new(*driverError)):
		return exitFailed
	case errors.As(err, new(cli.ExitCoder)): // cli's own: help on what there is not
		return exitInvalid
	case errors.Is(err, errShown), errors.As(err, new(gstorm.Problems)), errors.As(err, new(*usageError)), errors.As(err, new(*invalidError)):
		return exitInvalid
	}
	return exitFailed
}
