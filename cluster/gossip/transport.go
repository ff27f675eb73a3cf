package gossip

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/gstorm/gstorm/internal/seldom"
)

// greetTimeout bounds how long a greeting may take.
const greetTimeout = 10 * time.Second

// transport is memberlist's own, with a greeting at the beginning of each stream (see greeting). An agent joins by a stream,
// and nobody sends packets to one that has not.
type transport struct {
	*memberlist.NetTransport
	gossip  *Gossip
	streams chan net.Conn
	over    chan struct{} // closed by Shutdown
	ended   sync.WaitGroup
	once    sync.Once
	err     error // of Shutdown
}

// portTries is how often a port is looked for that is free for TCP and for UDP.
const portTries = 10

// listen makes the transport. It is memberlist's as soon as that calls it.
func (g *Gossip) listen(host string, port int) (*transport, error) {
	c := &memberlist.NetTransportConfig{BindAddrs: []string{host}, BindPort: port, Logger: slog.NewLogLogger(lineHandler{g.lines()}, slog.LevelInfo)}
	inner, err := memberlist.NewNetTransport(c)
	for try := 1; err != nil && port == 0 && try < portTries; try++ {
		inner, err = memberlist.NewNetTransport(c)
	}
	if err != nil {
		return nil, err
	}
	t := &transport{NetTransport: inner, gossip: g, streams: make(chan net.Conn), over: make(chan struct{})}
	t.ended.Go(t.accept)
	return t, nil
}

// Shutdown ends it, and all streams that are being greeted.
func (t *transport) Shutdown() error {
	t.once.Do(func() {
		t.err = t.NetTransport.Shutdown() // it waits for who takes its streams
		close(t.over)
		t.ended.Wait()
	})
	return t.err
}

// StreamCh are the streams of agents that were let in.
func (t *transport) StreamCh() <-chan net.Conn { return t.streams }

func (t *transport) accept() {
	for {
		select {
		case conn := <-t.NetTransport.StreamCh():
			t.ended.Go(func() { t.welcome(conn) })
		case <-t.over:
			return
		}
	}
}

// welcome hands on a stream whose agent is let in.
func (t *transport) welcome(conn net.Conn) {
	greeting := make(chan struct{})
	defer close(greeting)
	t.ended.Go(func() {
		select {
		case <-t.over:
			_ = conn.Close()
		case <-greeting:
		}
	})
	from, err := t.meet(conn)
	if err != nil {
		_ = conn.Close()
		return
	}
	select {
	case t.streams <- &greeted{conn, from}:
	case <-t.over:
		_ = conn.Close()
	}
}

// meet reads who connects, and answers.
func (t *transport) meet(conn net.Conn) (*bufio.Reader, error) {
	g := t.gossip
	if err := conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return nil, err
	}
	from := bufio.NewReader(conn)
	var it greeting
	err := readGreeting(from, &it)
	answer := reply{ID: g.options.ID, Name: g.options.Meta.Name}
	var strange *strangeError
	switch {
	case errors.As(err, &strange):
		answer.Refusal = &Refusal{OtherForm, strange.Error()}
	case err != nil: // it has gone, or says nothing
		return nil, err
	default:
		answer.Refusal = g.judge(&it)
	}
	err = writeGreeting(conn, answer)
	if r := answer.Refusal; r != nil {
		name := orSomebody(it.Card.Name)
		if g.said.May("refused " + seldom.Host(conn.RemoteAddr()) + " " + name + " " + r.Kind) {
			g.log.Warn("an agent that would join was refused", slog.String("name", name), slog.String("from", conn.RemoteAddr().String()),
				slog.String("because", r.Reason))
		}
		err = errors.Join(errors.New(r.Reason), err)
	}
	return from, errors.Join(err, conn.SetDeadline(time.Time{}))
}

func orSomebody(name string) string { return cmp.Or(name, "somebody") }

// DialTimeout connects and greets.
func (t *transport) DialTimeout(address string, timeout time.Duration) (net.Conn, error) {
	return t.DialAddressTimeout(memberlist.Address{Addr: address}, timeout)
}

// DialAddressTimeout connects and greets.
func (t *transport) DialAddressTimeout(a memberlist.Address, timeout time.Duration) (net.Conn, error) {
	conn, err := t.NetTransport.DialAddressTimeout(a, timeout)
	if err != nil {
		return nil, err
	}
	from, err := t.greet(conn, a.Addr, timeout)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &greeted{conn, from}, nil
}

// greet says who connects, and reads the answer.
func (t *transport) greet(conn net.Conn, address string, timeout time.Duration) (*bufio.Reader, error) {
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	if err := writeGreeting(conn, t.gossip.greeting()); err != nil {
		return nil, err
	}
	from := bufio.NewReader(conn)
	var answer reply
	err := readGreeting(from, &answer)
	var strange *strangeError
	switch {
	case errors.As(err, &strange): // as it answers at all, it has read ours
		answer.Refusal = &Refusal{OtherForm, strange.Error()}
	case err != nil:
		return nil, fmt.Errorf("it is there, and does not answer an agent's greeting: is it an agent's gossip, and of this version? %w", err)
	}
	if r := answer.Refusal; r != nil {
		t.gossip.refused(address, answer.Name, r)
		return nil, fmt.Errorf("%s refuses this agent, since %s", orSomebody(answer.Name), r.Reason)
	}
	if answer.ID == t.gossip.options.ID {
		t.gossip.met()
		return nil, errors.New("it is this agent itself")
	}
	return from, conn.SetDeadline(time.Time{})
}

// lineHandler is where memberlist's transport logs to.
type lineHandler struct{ lines }

// Enabled takes all: what a line's level is stands in it.
func (lineHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle takes a line.
func (h lineHandler) Handle(_ context.Context, r slog.Record) error {
	_, err := h.Write([]byte(strings.TrimSpace(r.Message)))
	return err
}

// WithAttrs has nothing to do: the transport has none.
func (h lineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup likewise.
func (h lineHandler) WithGroup(string) slog.Handler { return h }
