// Package hosttest has what tests of the host need: children that live in memory and say what a test tells them to, and
// an environment that plays scripts (testdata/*.txt) against a whole worker on a virtual clock (testing/synctest).
package hosttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/multilang"
)

// closedBound is how long a process may live on after it has closed its stdout.
const closedBound = time.Second

// Starter starts processes that live in memory. Each answers the handshake at once, unless Refuse says otherwise.
type Starter struct {
	// Refuse, if set, may keep a task's process from starting.
	Refuse func(s child.Spec) *child.Death
	// Unanswered are commands that no process answers.
	Unanswered []string
	// Classic processes know nothing of the extension.
	Classic bool
	// Batches: processes take batches of tuples, and may send them.
	Batches bool
	// MaxFrame is the longest message that is read from a process; 0: the multilang package's limit.
	MaxFrame int

	mu      sync.Mutex // guards the two below
	current map[int]*Process
	starts  map[int]int // by task, for process ids that do not depend on who starts first
}

// Start implements host.Starter.
func (st *Starter) Start(_ context.Context, s child.Spec) (host.Process, error) {
	if st.Refuse != nil {
		if death := st.Refuse(s); death != nil {
			return nil, death
		}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.current == nil {
		st.current = map[int]*Process{}
	}
	if st.starts == nil {
		st.starts = map[int]int{}
	}
	st.starts[s.Task]++
	out := newStdout()
	p := &Process{
		unanswered: st.Unanswered, task: s.Task, component: s.Component, pid: 100*s.Task + st.starts[s.Task], stdout: out,
		reader: multilang.NewReader(out, multilang.ReaderOptions{MaxFrame: st.MaxFrame}), done: make(chan struct{}),
	}
	if st.Classic {
		p.Say(fmt.Sprintf(`{"pid":%d}`, p.pid))
	} else {
		accepted := `{"v":1,"features":["finished","busy","error_at","level"]}`
		if st.Batches {
			accepted = `{"v":1,"features":["finished","busy","error_at","batch","level"]}`
			p.reader.Batches()
		}
		p.extension = multilang.Offer().Agree([]byte(accepted))
		p.Say(fmt.Sprintf(`{"pid":%d,"gstorm":%s}`, p.pid, accepted))
	}
	if before := st.current[s.Task]; before != nil {
		p.answers = before.answers
	}
	st.current[s.Task] = p
	return p, nil
}

// Close implements host.Starter: it ends what is left.
func (st *Starter) Close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, p := range st.current {
		p.Kill("the worker has ended")
	}
	return nil
}

// Process returns the newest process of a task, or nil.
func (st *Starter) Process(task int) *Process {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.current[task]
}

// Process is a child in memory. It answers by itself what every library answers (commands to a spout, heartbeats, the
// end of its input) and says the rest when told to.
type Process struct {
	unanswered []string
	task       int
	component  string
	pid        int
	extension  *multilang.Extension
	reader     *multilang.Reader
	stdout     *stdout
	done       chan struct{}

	mu       sync.Mutex          // guards all below
	received []string            // frames since the last Received
	asked    string              // the last next
	mute     bool                // answers nothing by itself
	answers  map[string][]string // what it says when it gets a command, before its sync
	stopping bool
	death    *child.Death
}

// Say makes the process write a message.
func (p *Process) Say(message string) { p.Print(message + "\nend\n") }

// Print makes the process write text to its stdout, be it a message, a part of one, or anything else. It reports whether
// the stdout is still open.
func (p *Process) Print(text string) bool { return p.stdout.write(text) }

// CloseOutput makes the process close its stdout, and live on.
func (p *Process) CloseOutput() { p.stdout.close() }

// Mute keeps the process from answering anything by itself: it hangs.
func (p *Process) Mute() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mute = true
}

// EndOfInput is the command that stands for the end of its input, for Answer.
const EndOfInput = "(end of input)"

// Answer makes the process say messages each time that it gets a command, before its sync, in this life and later ones.
func (p *Process) Answer(command string, messages []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answers == nil {
		p.answers = map[string][]string{}
	}
	p.answers[command] = messages
}

// Received returns the frames that came since the last call, each as its one line of JSON. Heartbeats are left out,
// and requests for tuples, unless they say for how many and it is another request than the one before.
func (p *Process) Received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.received
	p.received = nil
	return r
}

// Die ends the process.
func (p *Process) Die(d child.Death) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.death != nil {
		return
	}
	d.Component, d.Task, d.PID = p.component, p.task, p.pid
	d.Phase = child.PhaseRun
	if p.stopping {
		d.Phase = child.PhaseStop
	}
	p.death = &d
	close(p.done)
	p.stdout.close()
}

// Recv implements host.Process. Like a real one, a process that can say no more is killed.
func (p *Process) Recv(m *multilang.Message) error {
	err := p.reader.Next(m)
	var frame *multilang.FrameError
	switch {
	case err == nil || errors.As(err, &frame):
		return err
	case errors.Is(err, multilang.ErrFrameTooLarge):
		p.Kill(err.Error())
	}
	select {
	case <-p.done:
	case <-time.After(closedBound):
		p.Kill("it closed its stdout and went on running")
		<-p.done
	}
	return p.Death()
}

// Write implements host.Process.
func (p *Process) Write(frames []byte) error {
	for frame := range bytes.SplitSeq(bytes.TrimSuffix(frames, []byte("\nend\n")), []byte("\nend\n")) {
		if err := p.write(string(frame)); err != nil {
			return err
		}
	}
	return nil
}

// TryWrite implements host.Process.
func (p *Process) TryWrite(frames []byte) bool { return p.Write(frames) == nil }

func (p *Process) write(frame string) error {
	p.mu.Lock()
	if p.death != nil {
		p.mu.Unlock()
		return child.ErrGone
	}
	if !p.quiet(frame) {
		p.received = append(p.received, frame)
	}
	mute := p.mute
	var command struct{ Command, Stream string }
	_ = json.Unmarshal([]byte(frame), &command) // task ids are an array: they have neither
	first := p.answers[command.Command]
	p.mu.Unlock()
	for _, message := range first {
		p.Say(message)
	}
	if !mute && !slices.Contains(p.unanswered, command.Command) && (command.Command != "" || command.Stream == "__heartbeat") {
		p.Say(`{"command":"sync"}`)
	}
	return nil
}

// quiet reports whether a frame is of those that come again and again. A next with credit is news if it is not the same as
// the one before.
func (p *Process) quiet(frame string) bool {
	if !strings.Contains(frame, `"next"`) {
		return strings.Contains(frame, `"__heartbeat"`)
	}
	same := frame == p.asked || !strings.Contains(frame, `"n":`)
	p.asked = frame
	return same
}

// CloseInput implements host.Process: the process ends once it has said everything.
func (p *Process) CloseInput() error {
	p.mu.Lock()
	p.stopping = true
	mute, last := p.mute, p.answers[EndOfInput]
	p.received = append(p.received, EndOfInput)
	p.mu.Unlock()
	if !mute {
		for _, message := range last {
			p.Say(message)
		}
		p.Die(child.Death{})
	}
	return nil
}

// Stop implements host.Process.
func (p *Process) Stop(context.Context) *child.Death {
	p.Kill("it did not end when asked to")
	return p.Death()
}

// Kill implements host.Process.
func (p *Process) Kill(reason string) {
	p.Die(child.Death{ExitCode: -1, Signal: "SIGKILL", Reason: reason})
}

// Death implements host.Process.
func (p *Process) Death() *child.Death {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.death
}

// LastHeard implements host.Process.
func (p *Process) LastHeard() time.Time { return p.stdout.lastRead() }

// Buffered implements host.Process.
func (p *Process) Buffered() bool { return p.reader.Buffered() }

// Linger implements host.Process: to look costs no time here.
func (p *Process) Linger() {}

// Extension implements host.Process.
func (p *Process) Extension() *multilang.Extension { return p.extension }

// PID implements host.Process.
func (p *Process) PID() int { return p.pid }

// Done implements host.Process.
func (p *Process) Done() <-chan struct{} { return p.done }

// CPUTime implements host.Process.
func (p *Process) CPUTime() (child.CPUTime, bool) { return child.CPUTime{}, false }

// Usage implements host.Process: it is not known.
func (p *Process) Usage() child.Usage { return child.Usage{} }

// Reported implements host.Process.
func (p *Process) Reported(string, string, int) {}
