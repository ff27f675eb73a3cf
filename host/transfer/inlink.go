package transfer

import (
	"bufio"
	"encoding/binary"
	"maps"
	"net"
	"slices"
	"sync"
)

// inlink is what comes from one life of a peer: one connection after the other.
type inlink struct {
	reading sync.Mutex // held by the connection that is read

	mu       sync.Mutex // guards all below
	conn     net.Conn   // the newest connection; nil: there was none
	closed   bool       // the peer's life has ended: nothing more is taken from it
	received uint64     // frames since the link began
	told     uint64     // of them, what was said
	changed  map[int]bool
	wake     chan struct{} // holds one when there is something to tell
}

func newInlink() *inlink { return &inlink{changed: map[int]bool{}, wake: make(chan struct{}, 1)} }

// take makes conn the one that is read; one before it ends. It returns with reading held. false: the peer's life has ended.
func (in *inlink) take(conn net.Conn) bool {
	in.mu.Lock()
	before := in.conn
	in.conn = conn
	in.mu.Unlock()
	if before != nil {
		_ = before.Close()
	}
	in.reading.Lock()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed || in.conn != conn {
		in.reading.Unlock()
		return false
	}
	return true
}

// close has nothing more be taken.
func (in *inlink) close() {
	in.mu.Lock()
	in.closed = true
	conn := in.conn
	in.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
	}
}

// begin is how many frames have come, at the begin of a connection. Which queues are full is told with it, so all that was
// to be told of them is out of date.
func (in *inlink) begin() uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.told = in.received
	clear(in.changed)
	return in.received
}

// count notes a frame that has been dealt with. false: the peer's life has ended meanwhile.
func (in *inlink) count() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.received++
	return !in.closed
}

// tell has what has become of a queue be told.
func (in *inlink) tell(task int, full bool) {
	in.mu.Lock()
	in.changed[task] = full
	in.mu.Unlock()
	in.signal()
}

func (in *inlink) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// news is what there is to tell; nothing: empty.
func (in *inlink) news(dst []byte) []byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.received > in.told {
		in.told = in.received
		dst = binary.AppendUvarint(append(dst, receivedNews), in.received)
	}
	for _, task := range slices.Sorted(maps.Keys(in.changed)) {
		kind := roomyNews
		if in.changed[task] {
			kind = fullNews
		}
		dst = binary.AppendUvarint(append(dst, kind), uint64(task))
	}
	clear(in.changed)
	return dst
}

// confirmEvery is after how many bytes a confirmation is due, even if more is there to be read.
const confirmEvery = 256 << 10

// read takes frames until the connection breaks.
func (in *inlink) read(from *bufio.Reader, handle func(kind byte, body []byte)) error {
	since := 0
	for {
		kind, body, err := readFrame(from)
		if err != nil {
			return err
		}
		handle(kind, body)
		if !in.count() {
			return errEnded
		}
		since += len(body)
		if since >= confirmEvery || from.Buffered() == 0 {
			since = 0
			in.signal()
		}
	}
}

// write tells the peer what is new, until the connection breaks or stop is closed.
func (in *inlink) write(conn net.Conn, stop <-chan struct{}) {
	var news []byte
	for {
		select {
		case <-stop:
			return
		case <-in.wake:
		}
		if news = in.news(news[:0]); len(news) == 0 {
			continue
		}
		if _, err := conn.Write(news); err != nil {
			_ = conn.Close() // the reader ends with it
			return
		}
	}
}
