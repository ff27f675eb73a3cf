// Package port has the agents' two conversations on one port: requests (HTTP), and that of the replicated log. Which of the
// two a connection is the first byte tells: no HTTP method begins with a small letter.
package port

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// prelude is what a connection for the log begins with.
const prelude = "gstorm-log/1\n"

// greetTimeout bounds how long a connection may take to say what it is.
const greetTimeout = 10 * time.Second

// Port takes connections and sorts them.
type Port struct {
	listener net.Listener
	tls      *tls.Config // nil: none
	member   func(tls.ConnectionState) bool
	requests *queue
	log      *queue
}

// New takes connections of a listener, which is the Port's then. Run has to be called. Where tls is not nil every connection
// is encrypted, and only those that member says so of may be for the log.
func New(l net.Listener, config *tls.Config, member func(tls.ConnectionState) bool) *Port {
	return &Port{listener: l, tls: config, member: member, requests: newQueue(l.Addr()), log: newQueue(l.Addr())}
}

// Requests are the connections for HTTP.
func (p *Port) Requests() net.Listener { return p.requests }

// Log are the connections for the replicated log.
func (p *Port) Log() net.Listener { return p.log }

// Run takes connections until ctx ends or the listener fails.
func (p *Port) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = p.listener.Close() })
	defer stop()
	defer p.requests.Close()
	defer p.log.Close()
	var sorting sync.WaitGroup
	defer sorting.Wait()
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			return nil
		}
		if err != nil { // too many open files, say
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
			continue
		}
		sorting.Go(func() { p.sort(ctx, conn) })
	}
}

// sort hands a connection to whom it is for, or closes it.
func (p *Port) sort(ctx context.Context, conn net.Conn) {
	c := &Conn{Conn: conn}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	err := conn.SetDeadline(time.Now().Add(greetTimeout))
	if err == nil && p.tls != nil {
		secure := tls.Server(conn, p.tls)
		if err = secure.HandshakeContext(ctx); err == nil {
			state := secure.ConnectionState()
			c.Conn, c.State = secure, &state
		}
	}
	if err != nil {
		_ = conn.Close()
		return
	}
	c.from = bufio.NewReader(c.Conn)
	first, err := c.from.Peek(1)
	if err == nil && first[0] == prelude[0] {
		var text [len(prelude)]byte
		_, err = io.ReadFull(c.from, text[:])
		if err == nil && string(text[:]) != prelude || c.State != nil && !p.member(*c.State) {
			err = errors.New("it is not for the log")
		}
		if err == nil {
			err = conn.SetDeadline(time.Time{})
		}
		if err == nil && p.log.put(c) {
			return
		}
	} else if err == nil {
		err = conn.SetDeadline(time.Time{})
		if err == nil && p.requests.put(c) {
			return
		}
	}
	_ = c.Close()
}

// Begin says, on a connection to a Port, that it is for the log.
func Begin(conn net.Conn) error {
	_, err := conn.Write([]byte(prelude))
	return err
}

// Conn is a connection whose first bytes have been looked at.
type Conn struct {
	net.Conn
	from *bufio.Reader
	// State is that of the encryption; nil: there is none.
	State *tls.ConnectionState
}

// Read reads what has been looked at, and what follows.
func (c *Conn) Read(p []byte) (int, error) { return c.from.Read(p) }

// queue is a net.Listener of connections that others have accepted.
type queue struct {
	address net.Addr
	conns   chan *Conn
	once    sync.Once
	closed  chan struct{}
}

func newQueue(a net.Addr) *queue {
	return &queue{address: a, conns: make(chan *Conn), closed: make(chan struct{})}
}

func (q *queue) put(c *Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.closed:
		return false
	}
}

// Accept waits for the next.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

// Close has Accept return net.ErrClosed.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

// Addr is the port's address.
func (q *queue) Addr() net.Addr { return q.address }
