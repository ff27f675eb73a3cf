package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Link makes the connection to a child that does not speak over its stdin and stdout. It calls Start of the Birth once and
// returns the connection to what was started. Its error is why there is none; the Launcher then ends what was started. It
// should give up when the child ends (Birth.Done) or ctx does.
type Link func(ctx context.Context, b *Birth) (Conn, error)

// Conn is such a connection. Read is called by one goroutine, Write by another, the others by any.
type Conn interface {
	// Read ends with io.EOF, or whatever the end of the connection brings, after all that the child has sent.
	io.Reader
	// Write blocks while the child does not read. It fails once the child has ended. It keeps nothing of its argument.
	io.Writer
	// CloseWrite tells the child that nothing more comes. It is not called while a Write is under way.
	CloseWrite() error
	// Close ends it at once and releases all that belongs to it. It comes last, and once.
	Close() error
}

// Birth is a child that is to be started for a Link. Its methods but Start and Kill are for after Start.
type Birth struct {
	launcher *Launcher
	spec     Spec

	mu        sync.Mutex // guards all below
	p         *Process
	givenUp   bool
	becauseOf string
}

// Start starts the process, with these variables in its environment besides those of its Spec. The error is a *Death.
func (b *Birth) Start(env map[string]string) error {
	p, err := b.launcher.spawn(b.spec, env)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.p = p
	givenUp, reason := b.givenUp, b.becauseOf
	b.mu.Unlock()
	if givenUp {
		p.Kill(reason)
	}
	return nil
}

// process is what was started; nil: nothing yet.
func (b *Birth) process() *Process {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.p
}

// Stdout is what the process writes there. It ends when the process has.
func (b *Birth) Stdout() io.Reader { return b.process().stdout }

// Print is for a line that the component has printed.
func (b *Birth) Print(line string) {
	b.launcher.options.Print(b.spec.Component, b.spec.Task, line)
}

// Kill ends the process, as soon as it is started; the reason enters its report.
func (b *Birth) Kill(reason string) {
	b.mu.Lock()
	p := b.p
	if !b.givenUp {
		b.givenUp, b.becauseOf = true, reason
	}
	b.mu.Unlock()
	if p != nil {
		p.Kill(reason)
	}
}

// Done is closed when the process has ended.
func (b *Birth) Done() <-chan struct{} { return b.process().done }

// PID is the process's.
func (b *Birth) PID() int { return b.process().pid }

// Dir is a directory for files of the conversation: the Launcher's, which removes it.
func (b *Birth) Dir() string { return b.launcher.pidDir }

// Command is what is to be started.
func (b *Birth) Command() []string { return b.spec.Command }

// link starts a child and makes the connection to it.
func (l *Launcher) link(ctx context.Context, s Spec) (*Process, error) {
	b := &Birth{launcher: l, spec: s}
	if limit := or(s.StartTimeout, DefaultStartTimeout); limit > 0 {
		late := time.AfterFunc(limit, func() {
			b.Kill(fmt.Sprintf("no connection to it within %s of its start (limit: gstorm.start.timeout.secs)", limit))
		})
		defer late.Stop()
	}
	given := context.AfterFunc(ctx, func() { b.Kill("its start was given up: " + context.Cause(ctx).Error()) })
	defer given()
	conn, err := s.Link(ctx, b)
	p := b.process()
	switch {
	case err == nil:
		p.over(conn)
		return p, nil
	case p == nil:
		var death *Death
		if errors.As(err, &death) {
			return nil, death
		}
		return nil, notStarted(&s, "", err)
	}
	p.Kill(err.Error())
	<-p.done
	p.stdout.Close()
	l.forget(p)
	death := p.Death()
	death.Reason = or(death.Reason, err.Error()) // it may have ended before it could be killed for that
	return nil, death
}

// over makes a connection what the messages go over. The child's stdin stays open for as long as the conversation goes on.
func (p *Process) over(conn Conn) {
	p.in.open(half{conn})
	p.out = &connEnd{conn: conn, began: time.Now()}
	p.reader = newReader(p.out, &p.spec, p.noise.add)
}

// half is the way to the child, which ends alone.
type half struct{ conn Conn }

func (h half) Write(b []byte) (int, error) { return h.conn.Write(b) }
func (h half) Close() error                { return h.conn.CloseWrite() }

// connEnd is the reading end of a connection.
type connEnd struct {
	conn  Conn
	began time.Time
	heard atomic.Int64
}

func (c *connEnd) Read(b []byte) (int, error) {
	n, err := c.conn.Read(b)
	if n > 0 {
		c.heard.Store(int64(time.Since(c.began)))
	}
	return n, err
}

func (c *connEnd) lastHeard() time.Time { return c.began.Add(time.Duration(c.heard.Load())) }

// endAt has nothing to do: a connection ends with the process.
func (c *connEnd) endAt(time.Time) {}

// lingers is for pipes: a connection has a reader of its own, which this one waits for.
func (c *connEnd) lingers() {}

func (c *connEnd) Close() error { return c.conn.Close() }
