package host

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/multilang"
)

// Options are what a Worker needs. Plan and Logger must be set; Launch, if a component of the plan is a file's or a
// shell's; Builtin, if one is built in.
type Options struct {
	Plan *plan.Plan
	// Launch says how a task of a component that is no Go value is started.
	Launch func(c *plan.Component) (Launch, error)
	// Builtin returns what makes the component of that kind which impl names. One of the two is set where there is no error.
	Builtin func(kind gstorm.Kind, impl *gstorm.Implementation) (spout func() gstorm.Spout, bolt func() gstorm.Bolt, err error)
	Logger  *slog.Logger
	// Levels are from which levels on components log, where somebody has said so: what the tasks say, and what is said about them,
	// but not what they print. nil: nobody does. Of several handlers below a slog.MultiHandler of Logger each has to be loglevel.Open.
	Levels *loglevel.Levels
	// Print gets what the components print to their standard output, by lines and from any goroutine.
	Print func(component string, task int, line string)
	// Observe gets every tuple that a component emits on a stream that it declares, before anybody receives it, from any
	// goroutine. The tuple is the host's again when it returns. nil: nobody looks.
	Observe func(t *gstorm.Tuple)
	// Traces has the spouts trace trees, as gstorm.TraceRate says; Worker.TakeTraces returns what is recorded of them, and is to be
	// called about every second.
	Traces bool
	// Guard is the command that kills the children should this process be killed (child.RunGuard); nil: none.
	Guard []string
	// Hold bounds how long this process and the children may go on, also where it can't see to that itself; nil: nothing does.
	Hold *child.Hold
	// DrainLimit bounds how long Drain waits for pending trees and then for the bolts to end. 0: the message timeout.
	DrainLimit time.Duration
	// Seed makes the choices of the groupings and the ids of edges; 0: from the system's randomness.
	Seed uint64
	// Starter starts the children; nil: real processes. Tests put doubles here.
	Starter Starter
	// Letters is where dead letters are kept; nil: nowhere, and spouts are told of every failure.
	Letters *deadletters.List
	// Share is the part of the topology that this worker runs; nil: all of it.
	Share *Share
}

// Launch is how the tasks of a component are started as processes: a child.Spec's part of that.
type Launch struct {
	Command []string
	Dir     string
	Env     map[string]string
	Inherit func(variable string) bool
	Link    child.Link
	// Packed: the processes take and give packed values (multilang.FeaturePacked), as components in Go do.
	Packed bool
}

// Starter starts children. Close ends what is left of them.
type Starter interface {
	Start(ctx context.Context, s child.Spec) (Process, error)
	Close() error
}

// Process is a started child, after its handshake. The methods are those of child.Process, which says what they promise.
type Process interface {
	Recv(m *multilang.Message) error
	Buffered() bool
	Linger()
	Write(frames []byte) error
	TryWrite(frames []byte) bool
	Extension() *multilang.Extension
	PID() int
	CloseInput() error
	Stop(ctx context.Context) *child.Death
	Kill(reason string)
	Done() <-chan struct{}
	Death() *child.Death
	LastHeard() time.Time
	CPUTime() (child.CPUTime, bool)
	Usage() child.Usage
	Reported(text, file string, line int)
}

// launcher is child.Launcher as a Starter.
type launcher struct{ *child.Launcher }

func (l launcher) Start(ctx context.Context, s child.Spec) (Process, error) {
	p, err := l.Launcher.Start(ctx, s)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// ErrCut is the error of a run that was cut short: its context ended before it had drained.
var ErrCut = errors.New("the run was cut short")

// FailedError says that the topology could not go on: a component's task died too often in a row, or could not even be
// started. Unwrap gives its *child.Death where a process died.
type FailedError struct {
	Component string
	Task      int
	Cause     error
	// Final: it is not to be tried again, as gstorm.restart says.
	Final bool
}

// Error names the component and the task; the cause has the rest.
func (e *FailedError) Error() string {
	return "the topology failed: " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *FailedError) Unwrap() error { return e.Cause }
