package adapters

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/procgroup"
)

// leftovers is how long the pipes of a process that has ended are still read. Only a process that it has left behind,
// outside of its group, makes this wait necessary: else they end by themselves.
const leftovers = 500 * time.Millisecond

// process is a running describing process with its pipes. It leads a process group, which is killed as soon as the
// process itself has ended.
type process struct {
	cmd     *exec.Cmd
	control *control
	outputs []output
	tail    tail
	ended   chan struct{} // closed when it has been reaped and its outputs have been read
	state   *os.ProcessState
	killed  bool // it did not end by itself; like state, valid once ended is closed
	cut     chan struct{}
	cutOnce sync.Once
}

// output is one of the process's outputs and who gets its lines.
type output struct {
	from *os.File
	line func(string)
}

// startProcess starts argv with a control channel as descriptors 3 and 4. print and stderr get what it writes to stdout
// and stderr, each from one goroutine.
func startProcess(argv, env []string, print, stderr func(string)) (*process, error) {
	var pipes pipes
	defer pipes.closeTheirs()
	toEnd, to := pipes.toProcess()
	from, fromEnd := pipes.fromProcess()
	stdout, stdoutEnd := pipes.fromProcess()
	errout, erroutEnd := pipes.fromProcess()
	if pipes.err != nil {
		pipes.closeOurs()
		return nil, fmt.Errorf("start describing process: %w", pipes.err)
	}
	p := &process{control: newControl(to, from), ended: make(chan struct{}), cut: make(chan struct{})}
	p.outputs = []output{{stdout, print}, {errout, func(line string) {
		p.tail.add(line)
		stderr(line)
	}}}
	p.cmd = exec.Command(argv[0], argv[1:]...)
	p.cmd.Env = env
	p.cmd.SysProcAttr = procgroup.Attributes()
	p.cmd.Stdout, p.cmd.Stderr = stdoutEnd, erroutEnd
	p.cmd.ExtraFiles = []*os.File{fromEnd, toEnd}
	started := make(chan error)
	go p.live(started)
	if err := <-started; err != nil {
		pipes.closeOurs()
		return nil, fmt.Errorf("start describing process: %w", err)
	}
	return p, nil
}

// live is the process's life, from its start until nothing is left of it. It keeps the thread that starts the process
// (see procgroup.Attributes).
func (p *process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	var reading, killing sync.WaitGroup
	for _, o := range p.outputs {
		reading.Go(func() { eachLine(o.from, o.line) })
	}
	exited := make(chan struct{})
	killing.Go(func() {
		select {
		case <-p.cut:
			// The only failure is a process that has just ended.
			p.killed = p.cmd.Process.Kill() == nil
		case <-exited:
		}
	})
	// The error would say that somebody else has reaped it; then there is no state.
	p.state, _ = procgroup.Reap(p.cmd.Process)
	close(exited)
	killing.Wait()
	for _, o := range p.outputs {
		_ = o.from.SetReadDeadline(time.Now().Add(leftovers)) // fails on what has been closed, which has ended too
	}
	reading.Wait()
	for _, o := range p.outputs {
		o.from.Close()
	}
	close(p.ended)
}

// end closes the process's control channel, which asks it to exit, kills it if it has not done so after grace, and waits.
// It may be called from several goroutines.
func (p *process) end(grace time.Duration) {
	p.control.to.Close()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.cutOnce.Do(func() { close(p.cut) })
	}
	<-p.ended
}

// ending says how the process ended, in words that follow "it". For use after its end.
func (p *process) ending() string {
	switch {
	case p.killed:
		return "did not exit and was killed"
	case p.state == nil:
		return "ended"
	}
	return "ended with " + p.state.String()
}

// pipes are the pipes between gstorm and a process. The first that can't be opened sets err.
type pipes struct {
	ours, theirs []*os.File
	err          error
}

// toProcess opens a pipe that the process reads.
func (p *pipes) toProcess() (theirs, ours *os.File) {
	theirs, ours = p.open()
	p.ours, p.theirs = append(p.ours, ours), append(p.theirs, theirs)
	return theirs, ours
}

// fromProcess opens a pipe that the process writes.
func (p *pipes) fromProcess() (ours, theirs *os.File) {
	ours, theirs = p.open()
	p.ours, p.theirs = append(p.ours, ours), append(p.theirs, theirs)
	return ours, theirs
}

func (p *pipes) open() (r, w *os.File) {
	if p.err == nil {
		r, w, p.err = os.Pipe()
	}
	return r, w
}

func (p *pipes) closeOurs()   { closeAll(p.ours) }
func (p *pipes) closeTheirs() { closeAll(p.theirs) }

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close() // fails on nil, which is a pipe that could not be opened
	}
}
