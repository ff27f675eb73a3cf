package hosttest

import (
	"io"
	"sync"
	"time"
)

// stdout is what a process in memory writes to: a pipe that holds all that is written, so that nothing of it is lost when
// the process dies before the host has read it. What was written at once is read at once.
type stdout struct {
	mu     sync.Mutex // guards all below
	filled *sync.Cond
	writes []string
	closed bool
	read   time.Time // when something was read last
}

func newStdout() *stdout {
	o := &stdout{read: time.Now()}
	o.filled = sync.NewCond(&o.mu)
	return o
}

// write never blocks. After close it does nothing and returns false.
func (o *stdout) write(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed && text != "" {
		o.writes = append(o.writes, text)
		o.filled.Signal()
	}
	return !o.closed
}

// close is the end of what can be read.
func (o *stdout) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.filled.Signal()
}

// Read implements io.Reader.
func (o *stdout) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.writes) == 0 {
		if o.closed {
			return 0, io.EOF
		}
		o.filled.Wait()
	}
	n := copy(p, o.writes[0])
	if o.writes[0] = o.writes[0][n:]; o.writes[0] == "" {
		o.writes = o.writes[1:]
	}
	o.read = time.Now()
	return n, nil
}

// lastRead is when something was read last.
func (o *stdout) lastRead() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.read
}
