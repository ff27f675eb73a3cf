package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/procgroup"
	"github.com/gstorm/gstorm/multilang"
)

// earlyMessages is how many messages may come before the pid message.
const earlyMessages = 1000

// Start starts a child, hands it the handshake and waits for its pid message. Its stderr and prints are drained from the
// first moment; what it says before its pid message (logs, errors, emits) is kept for Recv. Any failure, ctx's end
// included, is a *Death, and leaves no process behind.
//
// The group is registered with the guard right after the fork. If the host is killed between the two, some microseconds,
// the kernel still kills the child on Linux; elsewhere it finds its stdin closed.
func (l *Launcher) Start(ctx context.Context, s Spec) (*Process, error) {
	if !l.enter() {
		return nil, notStarted(&s, "", ErrClosed)
	}
	defer l.running.Done()
	var p *Process
	var err error
	if s.Link != nil {
		p, err = l.link(ctx, s)
	} else {
		p, err = l.spawn(s, nil)
	}
	if err != nil {
		return nil, err
	}
	if err := p.shakeHands(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// spawn starts the process and what reads its pipes. more is for its environment.
func (l *Launcher) spawn(s Spec, more map[string]string) (*Process, error) {
	mark := l.marks.next(s.Task)
	env := environment(os.Environ(), &s, mark)
	for name, value := range more {
		env = append(env, name+"="+value)
	}
	path := variable(env, "PATH")
	if len(s.Command) == 0 {
		return nil, notStarted(&s, path, errNoCommand)
	}
	program, err := lookup(s.Command[0], path, s.Dir)
	if err != nil {
		return nil, notStarted(&s, path, err)
	}
	pipes, err := openPipes()
	if err != nil {
		return nil, notStarted(&s, path, err)
	}
	s.Handshake.PidDir = l.pidDir
	p := l.newProcess(s, path, pipes)
	p.mark = mark
	l.onThread(func() {
		p.proc, err = os.StartProcess(program, s.Command, &os.ProcAttr{
			Dir: s.Dir, Env: env, Files: pipes.child, Sys: procgroup.Attributes(),
		})
		if err == nil {
			l.guard.add(p.proc.Pid)
		}
	})
	pipes.closeChildEnds()
	if err != nil {
		pipes.closeHostEnds()
		return nil, notStarted(&s, path, err)
	}
	p.run()
	l.remember(p)
	return p, nil
}

func (l *Launcher) newProcess(s Spec, path string, pipes *pipes) *Process {
	p := &Process{
		launcher: l,
		spec:     s,
		path:     path,
		in:       &input{},
		stdout:   newPipeEnd(pipes.out),
		stderr:   newPipeEnd(pipes.stderr),
		prints:   newPipeEnd(pipes.prints),
		queue:    newLogQueue(),
		packer:   newPacker(s.Wire),
		done:     make(chan struct{}),
		phase:    PhaseHandshake,
	}
	p.out = p.stdout
	if s.Link == nil {
		p.in.file = pipes.in
	} else {
		p.lifeline, p.in.whole = pipes.in, true
	}
	p.reader = newReader(p.out, &p.spec, p.noise.add)
	return p
}

// run starts the goroutines of a process, all of which end with it.
func (p *Process) run() {
	p.pid = p.proc.Pid
	p.log = p.launcher.options.Logger.With("component", p.spec.Component, "task", p.spec.Task, "pid", p.pid)
	p.noise.log = p.log
	drained := make(chan struct{})
	p.launcher.running.Go(func() {
		defer close(drained)
		var pumps sync.WaitGroup
		pumps.Go(p.drainStderr)
		pumps.Go(p.drainPrints)
		pumps.Go(func() { p.queue.log(p.log) })
		pumps.Wait()
	})
	p.launcher.running.Go(func() { p.attend(drained) })
}

// shakeHands hands over the handshake and reads until the pid message, or ends the process and says why.
func (p *Process) shakeHands(ctx context.Context) error {
	frame, err := multilang.AppendHandshake(nil, &p.spec.Handshake)
	if err != nil {
		p.Kill(fmt.Sprintf("its configuration can not be written as JSON: %v", err))
		return p.receivedAll(nil)
	}
	if limit := or(p.spec.StartTimeout, DefaultStartTimeout); limit > 0 {
		late := time.AfterFunc(limit, func() {
			p.abandon(fmt.Sprintf("no pid message within %s of its start (limit: gstorm.start.timeout.secs)", limit), true)
		})
		defer late.Stop()
	}
	given := context.AfterFunc(ctx, func() { p.abandon("its start was given up: "+context.Cause(ctx).Error(), false) })
	defer given()

	// A child may write a lot before it reads: neither side may wait for the other here.
	var writing sync.WaitGroup
	var written error
	writing.Go(func() { written = p.send(frame) }) // not noted for reports: the configuration may hold secrets
	pid, err := p.awaitPid()
	writing.Wait() // awaitPid has failed only once the child is gone, and with it its input
	if err != nil {
		return err
	}
	if written != nil {
		p.Kill("it did not read the whole handshake")
		return p.receivedAll(nil)
	}
	if !p.greeted(pid) {
		return p.receivedAll(nil)
	}
	return nil
}

// awaitPid reads until the pid message and returns what the child said there. An error is the Death of the child.
func (p *Process) awaitPid() (int, error) {
	for len(p.early) < earlyMessages {
		var m multilang.Message
		err := p.reader.Next(&m)
		if frame := (*multilang.FrameError)(nil); errors.As(err, &frame) {
			p.noise.add([]byte(frame.Text))
			continue
		}
		if err != nil {
			return 0, p.receivedAll(err)
		}
		p.early = append(p.early, m)
		switch m.Command {
		case multilang.Error:
			p.Reported(m.Msg, m.File, m.Line)
		case multilang.Pid:
			p.extension = p.spec.Handshake.Extension.Agree(m.Extension)
			if p.extension.Has(multilang.FeatureBatch) {
				p.reader.Batches()
			}
			if p.extension.Has(multilang.FeaturePacked) {
				p.reader.Packed()
				p.in.packs()
			}
			return m.PID, nil
		}
	}
	p.Kill(fmt.Sprintf("it sent %d messages, none of which was its pid", earlyMessages))
	return 0, p.receivedAll(nil)
}

// abandon kills a child whose handshake is not done. It may come when it just is.
func (p *Process) abandon(reason string, late bool) {
	p.mu.Lock()
	over := p.phase != PhaseHandshake
	if !over && p.reason == "" {
		p.reason, p.late = reason, late
	}
	p.mu.Unlock()
	if !over {
		p.Kill(reason)
	}
}
