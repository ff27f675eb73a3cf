package transfer

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host/stopwatch"
)

// link sends to one peer, as long as that lives: what is put into it arrives once and in order, whatever becomes of the
// connections. When the peer's process has ended, what it has not confirmed comes back from close.
type link struct {
	peer    Peer
	options *NetworkOptions
	log     *slog.Logger

	mu     sync.Mutex // guards all below
	room   *sync.Cond // signalled when there may be room, and when closed
	frames [][]byte   // those that the peer has not confirmed, oldest first
	sent   int        // frames[:sent] go out on the connection that there is
	over   int        // frames[:over] have: nobody reads them any more
	first  uint64     // how many frames were confirmed before frames[0]
	bytes  int        // of frames
	full   map[int]bool
	closed bool
	counts LinkCounts

	wake  chan struct{}   // holds one when there may be something to send
	ended context.Context // by end, when closed
	end   context.CancelFunc
}

// LinkCounts is what has gone over a link.
type LinkCounts struct {
	Frames, Bytes uint64 // to be sent, each once
	Plain         uint64 // bytes before compression
	Tuples        uint64
	Repeated      uint64 // frames that were sent again, after a connection broke
	Connections   uint64
	Waits         uint64 // how often a task had to wait for room
	Waiting       uint64 // bytes that the peer has not confirmed
	Lost          uint64 // tuples that failed as the peer had ended before it had confirmed them
}

// add adds what has gone to a life of the peer before.
func (c *LinkCounts) add(before LinkCounts) {
	c.Frames += before.Frames
	c.Bytes += before.Bytes
	c.Plain += before.Plain
	c.Tuples += before.Tuples
	c.Repeated += before.Repeated
	c.Connections += before.Connections
	c.Waits += before.Waits
	c.Lost += before.Lost
}

func newLink(p Peer, o *NetworkOptions) *link {
	l := &link{
		peer: p, options: o, log: o.Logger.With(slog.Int("peer", p.Worker), slog.String("address", p.Address)),
		full: map[int]bool{}, wake: make(chan struct{}, 1),
	}
	l.ended, l.end = context.WithCancel(context.Background())
	l.room = sync.NewCond(&l.mu)
	return l
}

// wait waits until there is room for tuples to a task. false: the link is closed.
func (l *link) wait(task int, held *stopwatch.Watch) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for waited := false; (l.bytes >= l.options.Window || l.full[task]) && !l.closed; waited = true {
		if !waited {
			l.counts.Waits++
			held.Start()
		}
		l.room.Wait()
	}
	held.Stop()
	return !l.closed
}

// put adds a frame, of plain bytes before it was compressed, which is the link's then. false: the link is closed, and the frame
// still the caller's.
func (l *link) put(frame []byte, plain, tuples int) bool {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return false
	}
	l.frames = append(l.frames, frame)
	l.bytes += len(frame)
	l.counts.Frames++
	l.counts.Bytes += uint64(len(frame))
	l.counts.Plain += uint64(plain)
	l.counts.Tuples += uint64(tuples)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// close ends the link for good, and returns the frames that the peer has not confirmed.
func (l *link) close() [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	l.end()
	l.room.Broadcast()
	left := l.frames
	l.frames, l.bytes, l.sent, l.over = nil, 0, 0, 0
	return left
}

// confirmed lets go of the frames up to the n-th since the link began.
func (l *link) confirmed(n uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch done := n - l.first; {
	case n < l.first:
		return fmt.Errorf("%w: frame %d was confirmed after frame %d", ErrMalformed, n, l.first)
	case l.closed:
		return nil
	case done > uint64(l.sent):
		return fmt.Errorf("%w: frame %d was confirmed, of %d that were sent", ErrMalformed, n, l.first+uint64(l.sent))
	default:
		full := l.bytes >= l.options.Window
		for i, f := range l.frames[:done] {
			l.bytes -= len(f)
			if i < l.over {
				freeFrame(f)
			}
		}
		clear(l.frames[:done])
		l.frames = l.frames[done:]
		l.sent, l.over = l.sent-int(done), max(0, l.over-int(done))
		l.first = n
		if full && l.bytes < l.options.Window {
			l.room.Broadcast()
		}
		return nil
	}
}

// setFull notes whether the queue of a task at the peer is full.
func (l *link) setFull(task int, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if full {
		l.full[task] = true
	} else {
		delete(l.full, task)
		l.room.Broadcast()
	}
}

// unconfirmed is how many frames are still to be confirmed.
func (l *link) unconfirmed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.frames)
}

// The waits between two tries to connect.
const (
	minRetry = 10 * time.Millisecond
	maxRetry = time.Second
	// sayFrom is from how long a wait on it is worth a word in the log.
	sayFrom = 500 * time.Millisecond
	// greetTimeout bounds how long connecting and greeting take.
	greetTimeout = 5 * time.Second
)

// run keeps a connection, until ctx ends or the link is closed.
func (l *link) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ended, cancel)()
	wait := minRetry
	for ctx.Err() == nil {
		connected, err := l.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if connected {
			wait = minRetry
			l.log.Info("the connection to another worker has broken; connecting again", "error", err)
		} else if wait >= sayFrom {
			l.log.Warn("another worker can't be reached; trying again", "error", err, slog.Duration("in", wait))
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, maxRetry)
	}
}

// connect serves one connection until it breaks. connected: there was one.
func (l *link) connect(ctx context.Context) (connected bool, err error) {
	limited, cancel := context.WithTimeout(ctx, greetTimeout)
	defer cancel()
	conn, err := l.options.Dial(limited, l.peer.Address)
	if err != nil {
		return false, err
	}
	// Whatever reads from or writes to it ends with the context.
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	from := bufio.NewReader(conn)
	if err := l.greet(conn, from); err != nil {
		return false, err
	}
	failed := make(chan error, 1)
	go func() { failed <- l.receive(from) }()
	err = l.send(conn, failed)
	_ = conn.Close()
	if err != nil { // send has not seen the end of receive
		<-failed
		return true, err
	}
	return true, errBroken
}

var errBroken = errors.New("the connection was closed")

// greet says who is there, and learns from where to go on.
func (l *link) greet(conn net.Conn, from *bufio.Reader) error {
	if err := conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return err
	}
	self := l.options.Self
	self.Tasks = nil
	to := l.peer
	to.Tasks = nil
	g := greeting{Protocol: linkProtocol, Topology: l.options.Topology, Shape: l.options.Shape, From: self, To: to}
	if err := writeLine(conn, g); err != nil {
		return err
	}
	var a answer
	if err := readLine(from, &a); err != nil {
		return err
	}
	if a.Refused != "" {
		return fmt.Errorf("refused: %s", a.Refused)
	}
	if err := l.confirmed(a.Received); err != nil {
		return err
	}
	l.mu.Lock()
	l.counts.Connections++
	l.counts.Repeated += uint64(l.sent)
	l.sent, l.over = 0, 0 // those that were sent and have not arrived go out once more
	clear(l.full)
	for _, task := range a.Full {
		l.full[task] = true
	}
	l.room.Broadcast()
	l.mu.Unlock()
	return conn.SetDeadline(time.Time{})
}

// sendAtOnce is how many frames are written at once.
const sendAtOnce = 64

// send writes what there is, until the connection breaks or receive has ended: then the error is nil.
func (l *link) send(conn net.Conn, ended chan error) error {
	for {
		l.mu.Lock()
		l.over = l.sent
		batch := net.Buffers(slices.Clone(l.frames[l.sent:min(len(l.frames), l.sent+sendAtOnce)]))
		l.sent += len(batch)
		l.mu.Unlock()
		if len(batch) > 0 {
			if _, err := batch.WriteTo(conn); err != nil {
				return err
			}
			continue
		}
		select {
		case <-l.wake:
		case <-ended:
			return nil
		}
	}
}

// receive reads the peer's news until the connection breaks.
func (l *link) receive(from *bufio.Reader) error {
	for {
		kind, err := from.ReadByte()
		if err != nil {
			return err
		}
		n, err := binary.ReadUvarint(from)
		if err != nil {
			return err
		}
		switch kind {
		case receivedNews:
			err = l.confirmed(n)
		case fullNews, roomyNews:
			l.setFull(int(n), kind == fullNews)
		default:
			err = fmt.Errorf("%w: news of kind %d", ErrMalformed, kind)
		}
		if err != nil {
			l.log.Error("another worker says what makes no sense", "error", err)
			return err
		}
	}
}
