package acker

import (
	"fmt"
	"strings"
)

// Cause is why trees failed, as far as the failing side knows it; the source's side (position, tries) is the owner's, and
// both meet in an Outcome. It is not changed once it has been handed out: one death fails many trees with the same Cause.
type Cause struct {
	Component string // whose task failed the tuple
	Task      int
	PID       int    // of the child process; 0: a component without a process
	Tuple     string // id of the failed tuple, as that component knows it; empty: all that it held
	File      string // where the component says that it went wrong; empty: not known
	Line      int
	Reason    string // one line
	Stderr    string // the last that the process wrote there, if it died
}

// String returns the cause on one line, without the stderr. A nil Cause is "unknown cause".
func (c *Cause) String() string {
	if c == nil {
		return "unknown cause"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s[%d]", c.Component, c.Task)
	if c.PID != 0 {
		fmt.Fprintf(&b, " pid %d", c.PID)
	}
	if c.Tuple != "" {
		fmt.Fprintf(&b, " tuple %s", c.Tuple)
	}
	if c.File != "" {
		fmt.Fprintf(&b, " at %s:%d", c.File, c.Line)
	}
	if c.Reason != "" {
		fmt.Fprintf(&b, ": %s", c.Reason)
	}
	return b.String()
}
