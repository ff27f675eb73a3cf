package deploy

import (
	"context"
	"fmt"
	"strings"
)

// Shell runs commands on hosts. Its methods may be called from any goroutine.
type Shell interface {
	// Run runs a command on a host, and returns what it printed. The error is an *UnreachableError if it did not come to that, a
	// *FailedError if the command has failed.
	Run(ctx context.Context, on *Host, c Command) (string, error)
}

// UnreachableError says that a host could not be reached.
type UnreachableError struct {
	Cause string
	Hint  string // what to do about it, or ""
}

// Error is the cause, and the hint.
func (e *UnreachableError) Error() string {
	if e.Hint == "" {
		return "it can't be reached: " + e.Cause
	}
	return "it can't be reached: " + e.Cause + "; " + e.Hint
}

// FailedError says that a command has failed on a host.
type FailedError struct {
	Status string
	Said   string // on stderr
}

// Error is what it said.
func (e *FailedError) Error() string {
	if e.Said == "" {
		return fmt.Sprintf("a command failed there (%s)", e.Status)
	}
	return strings.TrimSpace(e.Said)
}
