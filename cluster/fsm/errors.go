package fsm

import "fmt"

// NotFoundError says that there is no such topology or node.
type NotFoundError struct {
	Kind string // topology or node
	Name string
}

// Error names it.
func (e *NotFoundError) Error() string { return fmt.Sprintf("there is no %s %q", e.Kind, e.Name) }

// ConflictError says that something can't be done as things are.
type ConflictError struct{ Reason string }

// Error is the reason.
func (e *ConflictError) Error() string { return e.Reason }

// StaleError says that a decision was made on what is no longer so. The leader looks again and decides anew.
type StaleError struct {
	Topology   string
	Epoch, Now uint64
}

// Error names the epochs.
func (e *StaleError) Error() string {
	return fmt.Sprintf("topology %q: decided at epoch %d, and it is at epoch %d", e.Topology, e.Epoch, e.Now)
}

// UnknownCommandError says that the log has a command that this gstorm does not know. It must not go on: its state would
// differ from that of the others.
type UnknownCommandError struct{ Command string }

// Error says what to do.
func (e *UnknownCommandError) Error() string {
	return fmt.Sprintf("the cluster's log has a command %q that this gstorm does not know: install the version that the other agents have", e.Command)
}
