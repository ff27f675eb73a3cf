package child

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

const (
	tailLines    = 50
	tailLineSize = 2 << 10
	// queuedBytes is how much of a child's stderr waits for a slow log before lines are dropped.
	queuedBytes = 8 << 20
)

// tail keeps the last lines of a child's stderr for its death report.
type tail struct {
	mu    sync.Mutex // guards lines and next
	lines []string
	next  int // the oldest line, once there are tailLines of them
}

func (t *tail) add(line []byte) {
	text := strings.ToValidUTF8(string(line[:min(len(line), tailLineSize)]), "\uFFFD")
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) < tailLines {
		t.lines = append(t.lines, text)
		return
	}
	t.lines[t.next] = text
	t.next = (t.next + 1) % tailLines
}

func (t *tail) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(append(make([]string, 0, len(t.lines)), t.lines[t.next:]...), t.lines[:t.next]...)
}

// logQueue stands between a child's stderr and the log, so that a log that is slow, or blocked by whoever reads it, never
// keeps a child waiting. What does not fit is dropped and counted.
type logQueue struct {
	mu      sync.Mutex // guards all below
	ready   *sync.Cond
	lines   []string
	bytes   int
	dropped int
	closed  bool
}

func newLogQueue() *logQueue {
	q := new(logQueue)
	q.ready = sync.NewCond(&q.mu)
	return q
}

func (q *logQueue) put(line []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+len(line) > queuedBytes {
		q.dropped++
		return
	}
	q.lines = append(q.lines, string(line))
	q.bytes += len(line)
	q.ready.Signal()
}

func (q *logQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ready.Signal()
}

// take waits for lines and returns all there are. ok is false once the queue is closed and empty.
func (q *logQueue) take() (lines []string, dropped int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.lines) == 0 && q.dropped == 0 && !q.closed {
		q.ready.Wait()
	}
	lines, dropped = q.lines, q.dropped
	q.lines, q.bytes, q.dropped = nil, 0, 0
	return lines, dropped, len(lines) > 0 || dropped > 0
}

// log writes the lines until the queue is closed.
func (q *logQueue) log(to *slog.Logger) {
	to = to.With("stream", "stderr")
	for {
		lines, dropped, ok := q.take()
		if !ok {
			return
		}
		for _, line := range lines {
			to.Info(line)
		}
		if dropped > 0 {
			to.Warn("lines dropped: the log is slower than the component writes", "lines", dropped)
		}
	}
}

// drainStderr reads the child's stderr to its end.
func (p *Process) drainStderr() {
	eachLine(p.stderr, longestStderrLine, func(line []byte) {
		line = bytes.TrimRight(line, "\r")
		if len(bytes.TrimSpace(line)) == 0 {
			return
		}
		p.tail.add(line)
		p.queue.put(line)
	})
	p.stderr.file.Close()
	p.queue.close()
}

// drainPrints reads what the component prints to its end. Unlike log lines these are the component's product: none is
// dropped, so whoever takes them can hold up a component that prints.
func (p *Process) drainPrints() {
	eachLine(p.prints, longestPrint, func(line []byte) {
		p.launcher.options.Print(p.spec.Component, p.spec.Task, string(line))
	})
	p.prints.file.Close()
}
