package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/multilang"
	"github.com/gstorm/gstorm/multilang/msgpack"
)

const (
	// drainBound is how long after a child's end its pipes may stay open, held by processes that left its group.
	drainBound = 500 * time.Millisecond
	// closedBound is how long a child may live on after it closed its stdout, where it was not asked to end.
	closedBound = time.Second
)

// Process is one running child: one incarnation of one task. Launcher.Start makes it.
//
// Recv is for one goroutine, Write and TryWrite for one at a time; everything else may be called from any. The host calls Recv until it returns
// a *Death, which is when the last of the process's resources are released (or Launcher.Close, for those it gave up).
type Process struct {
	launcher *Launcher
	spec     Spec
	proc     *os.Process
	pid      int
	path     string // PATH as the child has it
	mark     string // value of markEnv
	log      *slog.Logger

	in                     *input
	out                    source
	lifeline               io.Closer // the child's stdin, where that is not what messages go over; else nil
	stdout, stderr, prints *pipeEnd
	reader                 *multilang.Reader
	packer                 packer
	early                  []multilang.Message // what Start has read; Recv gives it out first
	extension              *multilang.Extension
	tail                   tail
	queue                  *logQueue
	noise                  noise
	done                   chan struct{}
	told                   atomic.Bool // reported is set: looked at with every message

	mu         sync.Mutex // guards all below
	phase      Phase
	late       bool // no pid in time
	claimedPID int  // by the child's pid message
	reaped     bool
	exit       exit
	spent      time.Duration // processor time, as it was seen last
	reason     string
	reported   string
	lastOut    string
}

// Recv waits for the next message. The first ones are those that came until the pid message, the pid message included, so
// that the host sees the whole conversation. Errors:
//   - *multilang.FrameError: one message was not understood; the next call goes on after it;
//   - *Death: the end, after everything that the child had written. A child that closes its stdout without ending, writes
//     a message that is larger than Spec.MaxFrame, or speaks another wire than Spec.Wire, is killed for it.
func (p *Process) Recv(m *multilang.Message) error {
	var err error
	if len(p.early) > 0 {
		*m = p.early[0]
		p.early = p.early[1:]
	} else {
		err = p.reader.Next(m)
	}
	var frame *multilang.FrameError
	switch {
	case err == nil:
		p.outlive(m)
		return nil
	case errors.As(err, &frame):
		return err
	}
	return p.receivedAll(err)
}

// outlive drops the error that the component has reported once it gets something done: it did not die of that one.
func (p *Process) outlive(m *multilang.Message) {
	if !p.told.Load() || m.Command != multilang.Emit && m.Command != multilang.Ack {
		return
	}
	p.told.Store(false)
	p.mu.Lock()
	p.reported = ""
	p.mu.Unlock()
}

// Buffered reports whether the next Recv has a message in memory: a sign to go on before flushing what came of the last.
func (p *Process) Buffered() bool { return len(p.early) > 0 || p.reader.Buffered() }

// Linger says that the child was just given what it waited for, and so will soon say more: the next Recv may look for that
// for a moment before it sleeps, if nobody else has use for the processor. It is for the goroutine that calls Recv.
func (p *Process) Linger() { p.out.lingers() }

// receivedAll waits for the end of a child that has nothing more to say and releases its stdout.
func (p *Process) receivedAll(cause error) error {
	p.mu.Lock()
	p.lastOut = strings.ToValidUTF8(string(bytes.TrimSpace(p.reader.Last())), "\uFFFD")
	p.mu.Unlock()
	if errors.Is(cause, multilang.ErrFrameTooLarge) {
		p.Kill(fmt.Sprintf("a message from it is larger than the limit (%d MiB): pass on where big data are, not the data",
			or(p.spec.MaxFrame, DefaultMaxFrame)>>20))
	}
	if errors.Is(cause, packed.ErrMalformed) {
		p.Kill("it sent a packed frame that makes no sense")
	}
	if bad := (*msgpack.SyntaxError)(nil); errors.As(cause, &bad) {
		p.Kill(fmt.Sprintf("%s says msgpack, but its output is %v", serializerKey, bad))
	}
	p.letGo()
	select {
	case <-p.done:
	case <-time.After(closedBound):
		if p.atPhase() != PhaseStop {
			p.Kill("it closed its stdout and went on running")
		}
		<-p.done
	}
	p.out.Close()
	p.launcher.forget(p)
	return p.Death()
}

// source is where what a child says comes from.
type source interface {
	io.ReadCloser
	lastHeard() time.Time
	// endAt bounds how long is still read of a child that has ended.
	endAt(t time.Time)
	// lingers says that the next Read may look for more for a moment before it sleeps.
	lingers()
}

// letGo tells a child that its conversation is over, where its stdin is there to say that.
func (p *Process) letGo() {
	if p.lifeline != nil {
		_ = p.lifeline.Close() // a second time does no harm
	}
}

// Write sends frames and blocks while the child does not read. It returns an error that wraps ErrGone once the child has
// ended or Kill or CloseInput was called; a call that is blocked then is released (by CloseInput only when the child
// reads). The frames are the caller's again when it returns.
func (p *Process) Write(frames []byte) error {
	p.in.note(frames)
	if err := p.send(frames); err != nil {
		return fmt.Errorf("write to component %q task %d (pid %d): %w", p.spec.Component, p.spec.Task, p.pid, err)
	}
	return nil
}

// TryWrite is Write where that needs no waiting. It returns false if it has written nothing: because the child has not read
// enough, because the frames are longer than AtOnce, or because the child takes no more input.
func (p *Process) TryWrite(frames []byte) bool {
	packed, err := p.packer.pack(frames)
	if err != nil || !p.in.tryWrite(packed) {
		return false // Write will find the fault
	}
	p.in.note(frames)
	return true
}

// send writes frames as the child's wire has them.
func (p *Process) send(frames []byte) error {
	packed, err := p.packer.pack(frames)
	if err != nil {
		p.Kill(err.Error()) // a fault of the host's; but nobody may wait for an answer to what was never sent
		return ErrGone
	}
	return p.in.write(packed)
}

// Extension is what host and child have agreed on; nil: the classic protocol.
func (p *Process) Extension() *multilang.Extension { return p.extension }

// PID is the id of the process that was started, and of its group. What the child says in its pid message may differ
// (wrapper scripts).
func (p *Process) PID() int { return p.pid }

// LastHeard is when the last byte came from the child's stdout; before the first, when the child was started.
func (p *Process) LastHeard() time.Time { return p.out.lastHeard() }

// Reported notes the last error that the component itself reported, for the death report. It is forgotten when a later
// Recv returns an emit or an ack. file and line may be zero.
func (p *Process) Reported(text, file string, line int) {
	if at := fmt.Sprintf("%s:%d:", file, line); file != "" && !strings.HasPrefix(text, at) {
		text = at + " " + text
	}
	p.mu.Lock()
	p.reported = text
	p.mu.Unlock()
	p.told.Store(true)
}

// CloseInput ends the child's stdin after the write that is under way, if any. The child is to finish what it has and to
// end: from now on its end counts as asked for. It returns at once, and may be called again.
func (p *Process) CloseInput() error {
	p.asked()
	return p.in.end()
}

// Stop asks the child to end, in steps that wait for Spec.StopGrace each: the end of its input, SIGTERM to its group,
// SIGKILL. A ctx that ends goes straight to SIGKILL. Meanwhile somebody must go on with Recv: a child that can not get rid
// of its output can not end by itself. Stop returns how it ended, never nil.
func (p *Process) Stop(ctx context.Context) *Death {
	// An input that can not be closed properly is broken: the child sees its end all the same.
	_ = p.CloseInput()
	if !p.waitDone(ctx) {
		p.signal(syscall.SIGTERM)
		if ctx.Err() != nil || !p.waitDone(ctx) {
			p.Kill("it did not end when asked to: neither with its input nor at SIGTERM")
			<-p.done
		}
	}
	return p.Death()
}

// waitDone waits for the end of the child for one grace period.
func (p *Process) waitDone(ctx context.Context) bool {
	grace := time.NewTimer(max(or(p.spec.StopGrace, DefaultStopGrace), 0))
	defer grace.Stop()
	select {
	case <-p.done:
		return true
	case <-grace.C:
	case <-ctx.Done():
	}
	return false
}

// Kill ends the child and its whole group at once. The reason enters the death report; the first one given counts. Kill
// does not wait: Done does.
func (p *Process) Kill(reason string) {
	p.mu.Lock()
	if p.reason == "" && !p.reaped {
		p.reason = reason
	}
	p.mu.Unlock()
	p.signal(syscall.SIGKILL)
	p.in.cut()
}

// Done is closed when the process has been reaped and its stderr and prints have been read to the end, or half a second
// later where somebody outside of its group holds them open. Messages on its stdout that were not yet received stay
// there for Recv.
func (p *Process) Done() <-chan struct{} { return p.done }

// Death says how the process ended; nil before Done. What the component reported last is complete once Recv has
// returned its *Death.
func (p *Process) Death() *Death {
	select {
	case <-p.done:
		return p.describe()
	default:
		return nil
	}
}

// signal signals the group, unless the child has been reaped: its number may be somebody else's by then.
func (p *Process) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		// The only failure is a group that is gone already.
		_ = syscall.Kill(-p.pid, sig)
	}
}

// greeted notes that the handshake is done, also where the child has ended meanwhile; false: it was being killed before.
func (p *Process) greeted(claimedPID int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claimedPID = claimedPID
	if p.reason != "" {
		return false
	}
	p.phase = PhaseRun
	return true
}

// asked notes that the child is to end, unless it has done so unasked.
func (p *Process) asked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.phase = PhaseStop
	}
}

func (p *Process) atPhase() Phase {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phase
}
