package child

import (
	"time"

	"github.com/gstorm/gstorm/multilang"
)

// What a zero Spec uses.
const (
	DefaultStartTimeout = 120 * time.Second
	DefaultStopGrace    = 5 * time.Second
	DefaultMaxFrame     = 64 << 20
)

// Spec says what to start and how to treat it. It is not changed after Start.
type Spec struct {
	Component string
	Task      int

	// Command is the argument vector, executed directly, without a shell (Storm's ShellProcess). A name without a slash
	// is looked up on the child's PATH.
	Command []string

	// Dir is the working directory, "" the host's. A relative command name with a slash is relative to it.
	Dir string

	// Env is added to the host's environment and replaces what is there, except PATH, which is appended to the host's
	// (Storm's ShellProcess).
	Env map[string]string

	// Inherit says which variables of the host's environment the child gets. nil: all.
	Inherit func(variable string) bool

	// Link makes the connection that messages go over. nil: they go over the child's stdin and stdout.
	Link Link

	// Handshake is the first message. Start fills in PidDir.
	Handshake multilang.Handshake

	// Wire is what the child speaks.
	Wire Wire

	// StartTimeout is how long the child may take from its start to its pid message. 0: DefaultStartTimeout, below 0:
	// no limit. Storm has none; a JavaScript component sends its pid only after its own initialization.
	StartTimeout time.Duration

	// StopGrace is how long each step of Process.Stop waits. 0: DefaultStopGrace, below 0: not at all.
	StopGrace time.Duration

	// MaxFrame is the longest message that is taken from the child, in bytes. 0: DefaultMaxFrame.
	MaxFrame int
}
