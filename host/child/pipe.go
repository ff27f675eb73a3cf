package child

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// pipeEnd is the reading end of one of a child's pipes. It ends when every process that holds the other end is gone. A
// process that left the child's group can hold it open for ever; so once the child has ended, the pipe ends at a
// deadline, after what is in it then: none of what the child itself wrote is lost.
type pipeEnd struct {
	file  *os.File
	began time.Time
	heard atomic.Int64 // when the last byte came, as nanoseconds after began

	// Only the reader uses these.
	linger linger
	rest   int // bytes still to be taken after the deadline
}

// pipeCapacity is at least what any pipe holds: the most that can be in it when its deadline comes.
const pipeCapacity = 1 << 20

func newPipeEnd(f *os.File) *pipeEnd { return &pipeEnd{file: f, began: time.Now(), rest: pipeCapacity} }

// Read is for one goroutine.
func (p *pipeEnd) Read(b []byte) (n int, err error) {
	if p.linger.due {
		p.linger.due = false
		n = p.linger.look(p, b)
	}
	if n == 0 {
		n, err = p.file.Read(b)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = p.readRest(b)
	}
	if n > 0 {
		p.heard.Store(int64(time.Since(p.began)))
	}
	return n, err
}

// readRest reads what is there without waiting. A file whose deadline has passed refuses Read even if it has data.
func (p *pipeEnd) readRest(b []byte) (n int, err error) {
	conn, err := p.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	cerr := conn.Control(func(fd uintptr) {
		n, err = unix.Read(int(fd), b[:min(len(b), p.rest)])
	})
	if cerr != nil || err != nil || n <= 0 {
		return 0, io.EOF
	}
	p.rest -= n
	return n, nil
}

// endAt sets the deadline. The child has ended.
func (p *pipeEnd) endAt(t time.Time) {
	// The only failure is a pipe that is already closed, which has ended all the more.
	_ = p.file.SetReadDeadline(t)
}

// lingers says that the next Read may look for more for a moment before it sleeps.
func (p *pipeEnd) lingers() { p.linger.due = true }

// Close closes it. What was not read is lost.
func (p *pipeEnd) Close() error { return p.file.Close() }

func (p *pipeEnd) lastHeard() time.Time { return p.began.Add(time.Duration(p.heard.Load())) }

// pipes are the four pipes to and from one child, as both sides see them.
type pipes struct {
	in                  *os.File
	out, stderr, prints *os.File
	child               []*os.File // in the order of the child's descriptors
}

func openPipes() (*pipes, error) {
	p := new(pipes)
	open := func(host **os.File, childReads bool) error {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		if childReads {
			r, w = w, r
		}
		*host = r
		p.child = append(p.child, w)
		return nil
	}
	err := open(&p.in, true)
	for _, end := range []**os.File{&p.out, &p.stderr, &p.prints} {
		if err == nil {
			err = open(end, false)
		}
	}
	if err != nil {
		p.closeChildEnds()
		p.closeHostEnds()
		return nil, err
	}
	return p, nil
}

func (p *pipes) closeChildEnds() {
	for _, f := range p.child {
		f.Close()
	}
}

func (p *pipes) closeHostEnds() {
	for _, f := range []*os.File{p.in, p.out, p.stderr, p.prints} {
		if f != nil {
			f.Close()
		}
	}
}
