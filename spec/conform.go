package spec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Profile is what a component that is tested does with tuples.
type Profile string

// The profiles. components/ has one of each for some languages.
const (
	// Any is any component: only what is asked of all is looked at.
	Any Profile = "any"
	// Echo is a bolt that emits the first value of each tuple, anchored to it, and acks it.
	Echo Profile = "echo"
	// Count is a spout that emits 1, 2 and 3, each with a message id, and again what failed.
	Count Profile = "count"
)

// ProfileOf is the profile that is expected of a component of a kind where nothing else is said.
func ProfileOf(kind string) Profile {
	if kind == Spout {
		return Count
	}
	return Echo
}

// Component is a component under test.
type Component struct {
	Kind    string // Spout or Bolt
	Profile Profile
	Command []string // executed without a shell, once for each case
	Dir     string   // "": the current one

	// Together is how many cases may be played at the same time, each with a process of its own. 0 means 1.
	Together int
}

// Status is how a case went.
type Status string

// The statuses. A known failure is as it should be; an unexpected pass is not, since the list of failures is not true then.
const (
	Passed        Status = "passed"
	Failed        Status = "failed"
	NotApplicable Status = "not applicable"
	Known         Status = "known failure"
	Unexpected    Status = "unexpected pass"
)

// Result is how one case went. Text is, for a failure, what was wrong and what was said, and the end of stderr.
type Result struct {
	Case   *Case
	Status Status
	Text   string
}

// OK reports whether the result is what it should be.
func (r *Result) OK() bool { return r.Status != Failed && r.Status != Unexpected }

// caseLimit bounds a case altogether, so that a component that does not read can't hold up the runner.
const caseLimit = 30 * time.Second

// Conform plays the host in all cases for components of the given kind, with a process for each, and hands over the
// results in the order of the cases, each when it is there. An error is one of the runner, or ctx's; a component that can
// not be started is an error too.
func Conform(ctx context.Context, component Component, known Failures, each func(*Result)) error {
	results, err := component.results()
	if err != nil {
		return err
	}
	var players sync.WaitGroup
	defer players.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before waiting
	played := make([]chan error, len(results))
	for i := range played {
		played[i] = make(chan error, 1)
	}
	var next atomic.Int64
	for range max(component.Together, 1) {
		players.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(results)); i = next.Add(1) - 1 {
				played[i] <- component.try(ctx, results[i])
			}
		})
	}
	for i, r := range results {
		if err := <-played[i]; err != nil {
			return err
		}
		known.judge(r)
		each(r)
	}
	return nil
}

// results are those of the cases for the component, before any has been played.
func (c *Component) results() ([]*Result, error) {
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	var results []*Result
	for i := range cases {
		if cases[i].IsFor(ComponentSide, c.Kind) {
			results = append(results, &Result{Case: &cases[i]})
		}
	}
	return results, nil
}

// try plays one case, if it is about what the component does.
func (c *Component) try(ctx context.Context, r *Result) error {
	if r.Case.Profile != "" && r.Case.Profile != string(c.Profile) {
		r.Status = NotApplicable
		return nil
	}
	dir, err := os.MkdirTemp("", "gstorm-conform-")
	if err != nil {
		return fmt.Errorf("make directory for pid files: %w", err)
	}
	// What can't be removed is left to whoever clears the system's directory for temporary files.
	defer func() { _ = os.RemoveAll(dir) }()
	first, err := conformanceSetting(r.Case, c.Kind).handshake(dir)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	cmd := exec.CommandContext(limited, c.Command[0], c.Command[1:]...)
	cmd.Dir = c.Dir
	process, err := start(cmd)
	if err != nil {
		return err
	}
	p := &player{wire: process.wire, c: r.Case, kind: c.Kind, values: newValues(), opening: first, endOut: process.endInput}
	p.values["handshake"], p.values["offer"] = first.plain, first.offer
	failure := p.play()
	end := process.stop()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Status = Passed
	if errors.Is(failure, errNoBatches) {
		r.Status = NotApplicable
		return nil
	}
	if failure != nil {
		r.Status, r.Text = Failed, report(failure, p.record.String(), end, process.stderr.String())
	}
	return nil
}

func report(failure error, said, end, stderr string) string {
	parts := []string{failure.Error()}
	if said != "" {
		parts = append(parts, said)
	}
	parts = append(parts, end)
	if stderr != "" {
		parts = append(parts, "its stderr:\n"+strings.TrimRight(stderr, "\n"))
	}
	return strings.Join(parts, "\n")
}

// process is one start of a component.
type process struct {
	*wire
	cmd      *exec.Cmd
	endInput func() error
	stderr   tail
}

// start starts a command that has a context, with pipes to it.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Cancel = p.kill
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second // for what has left the group and holds stderr open
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start component: %w", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start component: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start component: %w", err)
	}
	p.wire, p.endInput = newWire(out, in), in.Close
	return p, nil
}

// kill ends the component and all of its group.
func (p *process) kill() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// stop ends what still runs of the component, and says how it ended if it did so by itself.
func (p *process) stop() string {
	alive := p.cmd.Process.Signal(syscall.Signal(0)) == nil
	_ = p.kill() // the only failure is a group that is gone already
	err := p.cmd.Wait()
	p.close()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() && alive:
		return "(it was still running)"
	case err == nil || exit != nil:
		return fmt.Sprintf("(it had ended: %v)", p.cmd.ProcessState)
	}
	return fmt.Sprintf("(%v)", err)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex // guards text: the command writes while a report may be made
	text []byte
}

const tailBytes = 2 << 10

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
