// Package port has the agents' two conversations on one port: requests (HTTP), and that of the replicated log. Which of the
// two a connection is the first byte tells: no HTTP method begins with a small letter.
package port

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// prelude is what a connection for the log begins with, and then the form of what is spoken over it, and the end of the line.
// The answer is a line as well: accepted, or why not.
const (
	prelude  = "gstorm-log/"
	form     = "1"
	accepted = "ok"
	maxLine  = 512
)

// tlsRecord is the first byte of a connection by TLS.
const tlsRecord = 0x16

// greetTimeout bounds how long a connection may take to say what it is.
const greetTimeout = 10 * time.Second

// Port takes connections and sorts them.
type Port struct {
	listener net.Listener
	tls      *tls.Config // nil: none
	member   func(tls.ConnectionState) bool
	refused  func(from net.Addr, err error)
	requests *queue
	log      *queue
}

// New takes connections of a listener, which is the Port's then. Run has to be called. Where tls is not nil every connection
// is encrypted, and only those that member says so of may be for the log. refused is told of connections that can't be taken,
// from any goroutine, however often that is.
func New(l net.Listener, config *tls.Config, member func(tls.ConnectionState) bool, refused func(from net.Addr, err error)) *Port {
	return &Port{listener: l, tls: config, member: member, refused: refused, requests: newQueue(l.Addr()), log: newQueue(l.Addr())}
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
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	c, queue, err := p.meet(ctx, conn)
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err == nil && queue.put(c) {
		return
	}
	_ = conn.Close()
	if err != nil && !gone(err) && ctx.Err() == nil {
		p.refused(conn.RemoteAddr(), err)
	}
}

// gone reports whether an error only says that the other side has gone, or says nothing: whoever looks whether a port is open
// does so.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}

// meet finds out what a connection is for.
func (p *Port) meet(ctx context.Context, conn net.Conn) (*Conn, *queue, error) {
	if err := conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return nil, nil, err
	}
	c := &Conn{Conn: conn}
	if p.tls != nil {
		secure := tls.Server(conn, p.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, nil, explain(err)
		}
		state := secure.ConnectionState()
		c.Conn, c.State = secure, &state
	}
	c.from = bufio.NewReader(c.Conn)
	first, err := c.from.Peek(1)
	switch {
	case err != nil && c.State != nil && !gone(err): // who does not take the certificate says so after the handshake
		return nil, nil, explain(err)
	case err != nil:
		return nil, nil, err
	case first[0] == tlsRecord && p.tls == nil:
		return nil, nil, errors.New("it comes by TLS, and this agent has no certificate: either all have one, or none (settings ca, cert and key)")
	case first[0] != prelude[0]:
		return c, p.requests, nil
	}
	said, err := readLine(c.from)
	if err != nil {
		return nil, nil, err
	}
	answer := accepted
	if why := p.unfit(c, said); why != "" {
		answer, err = why, errors.New("it would take part in the cluster's log: "+why)
	}
	_, failed := io.WriteString(c.Conn, answer+"\n")
	return c, p.log, errors.Join(err, failed)
}

// unfit is why a connection can't be for the log; "": it can.
func (p *Port) unfit(c *Conn, said string) string {
	spoken, ok := strings.CutPrefix(said, prelude)
	switch {
	case !ok:
		return "it says what no agent says"
	case spoken != form:
		return fmt.Sprintf("the log is spoken in form %s here, and in form %.20q there: install the same version of gstorm on all", form, spoken)
	case c.State != nil && !p.member(*c.State):
		return "its certificate is not that of a member of the cluster (settings ca, cert, key and peer-name)"
	}
	return ""
}

// explain says what is mostly the cause of a handshake's failure, and who has to do something.
func explain(err error) error {
	var plain tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &plain):
		if plain.Conn != nil {
			tellPlainly(plain.Conn)
		}
		return errors.New("it comes without TLS, and this agent has certificates: either all have one, or none (settings ca, cert and key; --ca for people)")
	case errors.As(err, &unknown):
		return fmt.Errorf("its certificate is of another authority than this agent's (setting ca): %w", err)
	case strings.Contains(err.Error(), "remote error: tls:"):
		return fmt.Errorf("it does not take this agent's certificate: are both of the same authority (setting ca), and does this one still hold? %w", err)
	}
	return err
}

// tellPlainly answers who has asked by HTTP without TLS, as people do. It is best effort.
func tellPlainly(conn net.Conn) {
	_, _ = io.WriteString(conn, "HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nthis agent takes connections by TLS only (gstorm's own commands: --ca FILE)")
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		// What has not been read when a connection is closed may take the answer along.
		_ = conn.SetDeadline(time.Now().Add(time.Second))
		_, _ = io.CopyN(io.Discard, conn, 64<<10)
	}
}

// readLine reads a short line.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for len(line) < maxLine {
		b, err := r.ReadByte()
		if err != nil {
			return "", err
		}
		if b == '\n' {
			return string(line), nil
		}
		line = append(line, b)
	}
	return "", errors.New("it begins with a line that is too long")
}

// RefusedError is why a Port does not take a connection for the log, in its own words.
type RefusedError struct{ Reason string }

// Error is the reason.
func (e *RefusedError) Error() string { return "it is refused there: " + e.Reason }

// Begin says, on a connection to a Port, that it is for the log. The error is a *RefusedError if it is not let be.
func Begin(ctx context.Context, conn net.Conn) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(greetTimeout)
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, prelude+form+"\n"); err != nil {
		return err
	}
	// Nothing follows the answer before this side has said something: nothing that is read here is lost.
	answer, err := readLine(bufio.NewReaderSize(conn, maxLine))
	switch {
	case err != nil:
		return fmt.Errorf("it does not answer who would take part in the log: %w", err)
	case answer != accepted:
		return &RefusedError{answer}
	}
	return conn.SetDeadline(time.Time{})
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
