//go:build unix

package exec

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/line"
	"github.com/gstorm/gstorm/internal/procgroup"
)

// command is what is run, and how it is treated.
type command struct {
	argv   []string
	dir    string
	env    map[string]string
	grace  time.Duration // between being asked to end and being killed
	limits line.Limits
}

// commandOptions are the options of everything that runs a command.
func commandOptions() []catalog.Option {
	return []catalog.Option{
		{Name: "command", Type: catalog.Command, Required: true, Doc: "the program and its arguments as a list, which no shell interprets, or a text for `sh -c`"},
		{Name: "dir", Type: catalog.Text, Doc: "the working directory; without it, gstorm's own"},
		{Name: "env", Type: catalog.Variable, Doc: "environment variables, on top of gstorm's own"},
		{Name: "grace", Type: catalog.Seconds, Default: 2, Doc: "how long the command may take to end when it is asked to, before it is killed"},
	}
}

func newCommand(v catalog.Values) command {
	return command{argv: v.Texts("command"), dir: v.Text("dir"), env: v.Variables("env"), grace: v.Duration("grace"), limits: line.NewLimits(v)}
}

// process is a command that runs. It leads a process group of its own, which ends with it, as it does with gstorm.
type process struct {
	command
	process *os.Process
	stdin   *os.File // nil: the command has none
	lines   chan line.Line
	readErr error // why lines was closed, if not by the end of the command's output
	stop    chan struct{}
	pumps   sync.WaitGroup // what reads its output and its errors
	done    chan struct{}  // closed when the command has ended
	state   *os.ProcessState
	waitErr error
}

// start starts the command, which is killed should ctx, that of the run, end. life tells its lines from those of earlier
// starts.
func (c command) start(ctx context.Context, life int, withInput bool, log *slog.Logger) (*process, error) {
	p := &process{command: c, lines: make(chan line.Line, 1), stop: make(chan struct{}), done: make(chan struct{})}
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.SysProcAttr = c.dir, procgroup.Attributes()
	if len(c.env) > 0 {
		cmd.Env = os.Environ()
		for name, value := range c.env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	var pipes pipes
	defer pipes.closeTheirs()
	stdout, stderr := pipes.output(), pipes.output()
	if cmd.Stdout, cmd.Stderr = stdout.theirs, stderr.theirs; withInput {
		stdin := pipes.input()
		cmd.Stdin, p.stdin = stdin.theirs, stdin.ours
	}
	err := pipes.err
	if err == nil {
		err = p.run(cmd)
	}
	if err != nil {
		pipes.closeOurs()
		return nil, fmt.Errorf("start %q: %w", c.argv[0], err)
	}
	cut := context.AfterFunc(ctx, func() { _ = p.process.Kill() })
	go func() {
		<-p.done
		cut()
	}()
	p.pumps.Go(func() { p.read(stdout.ours, life) })
	p.pumps.Go(func() { p.tell(stderr.ours, log) })
	return p, nil
}

// run starts the process, on a thread that stays until it has ended, as procgroup asks for.
func (p *process) run(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		p.process = cmd.Process
		started <- err
		if err == nil {
			p.state, p.waitErr = procgroup.Reap(cmd.Process)
			close(p.done)
		}
	}()
	return <-started
}

// read divides the output into lines. It ends with the output, whose last line may have no end.
func (p *process) read(from *os.File, life int) {
	defer from.Close()
	defer close(p.lines)
	splitter := line.NewSplitter(p.argv[0], from, p.limits)
	stopped := make(chan struct{})
	defer close(stopped)
	go func() {
		select {
		case <-p.stop:
			from.Close() // somebody who has left the group may still have the other end
		case <-stopped:
		}
	}()
	for {
		text, offset, number, err := splitter.Next()
		if errors.Is(err, io.EOF) {
			var ok bool
			if text, offset, number, ok, err = splitter.Rest(); err == nil && !ok {
				return
			}
		}
		if err != nil {
			p.readErr = err
			return
		}
		select {
		case p.lines <- line.Line{Position: line.Position{File: p.argv[0], Life: life, Offset: offset}, Number: number, Text: text}:
		case <-p.stop:
			return
		}
	}
}

// tell logs what the command writes to its standard error.
func (p *process) tell(from *os.File, log *slog.Logger) {
	defer from.Close()
	lines := bufio.NewReader(from)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-p.stop:
			<-p.done
			_ = from.SetReadDeadline(time.Now().Add(leftovers))
		case <-ended:
		}
	}()
	for {
		text, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		log.Info(string(text), slog.String("stream", "stderr"), slog.Int("pid", p.process.Pid))
	}
}

// leftovers is how long what a command has written is still read after its end, should somebody else have its pipe.
const leftovers = 100 * time.Millisecond

// end ends the command and waits for it: by the end of its input if it has one, else by SIGTERM; after the grace by force.
func (p *process) end() {
	close(p.stop)
	if p.stdin != nil {
		p.stdin.Close()
	} else {
		_ = p.process.Signal(syscall.SIGTERM) // it may have ended by itself
	}
	grace := time.NewTimer(p.grace)
	defer grace.Stop()
	select {
	case <-p.done:
	case <-grace.C:
		_ = p.process.Kill()
		<-p.done
	}
	p.pumps.Wait()
}

// kill ends the command at once and waits for it.
func (p *process) kill() {
	close(p.stop)
	if p.stdin != nil {
		p.stdin.Close()
	}
	_ = p.process.Kill() // it may have ended by itself
	<-p.done
	p.pumps.Wait()
}

// ending says how the command has ended. It waits for that.
func (p *process) ending() string {
	<-p.done
	if p.waitErr != nil {
		return p.waitErr.Error()
	}
	return p.state.String()
}

// pipes are the ends of pipes to and from a command.
type pipes struct {
	made []pipe
	err  error
}

type pipe struct{ ours, theirs *os.File }

// output is a pipe that the command writes to.
func (p *pipes) output() pipe {
	r, w, err := os.Pipe()
	return p.keep(pipe{ours: r, theirs: w}, err)
}

// input is a pipe that the command reads from.
func (p *pipes) input() pipe {
	r, w, err := os.Pipe()
	return p.keep(pipe{ours: w, theirs: r}, err)
}

func (p *pipes) keep(made pipe, err error) pipe {
	if err != nil {
		p.err = errors.Join(p.err, err)
	} else {
		p.made = append(p.made, made)
	}
	return made
}

func (p *pipes) closeTheirs() {
	for _, made := range p.made {
		made.theirs.Close()
	}
}

func (p *pipes) closeOurs() {
	for _, made := range p.made {
		made.ours.Close()
	}
}
