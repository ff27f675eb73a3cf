package consensus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// stream is how raft connects: a raft.StreamLayer. A member is known to raft as ID@ADDRESS, and each connection begins with
// the id of who is meant, and a line feed: a machine that has lost its disk is another member at the same address, and what it
// answered in the name of the one before it would count as kept on a disk that is no more.
type stream struct {
	net.Listener
	dial    func(ctx context.Context, address string) (net.Conn, error)
	id      string
	address string

	mu    sync.Mutex
	conns map[*meant]bool // that others have made, and raft still has
	all   sync.WaitGroup  // of them
}

// place is a member as raft has it.
func place(id, address string) raft.ServerAddress { return raft.ServerAddress(id + "@" + address) }

// split is the id and the address of a place.
func split(place raft.ServerAddress) (id, address string) {
	id, address, _ = strings.Cut(string(place), "@")
	return id, address
}

// Dial connects to another member.
func (s *stream) Dial(to raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	id, address := split(to)
	conn, err := s.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	err = conn.SetDeadline(time.Now().Add(timeout))
	if err == nil {
		_, err = io.WriteString(conn, id+"\n")
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Accept waits for another member to connect. Whom it means is looked at with the first Read.
func (s *stream) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	m := &meant{Conn: conn, id: s.id}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = map[*meant]bool{}
	}
	s.conns[m] = true
	s.all.Add(1)
	m.gone = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.conns[m] {
			delete(s.conns, m)
			s.all.Done()
		}
	}
	return m, nil
}

// drop cuts the connections that others have made, and returns when nothing is done for any of them any more. It is called
// when raft has been shut down, which does not wait for what arrives at the last moment: that would be written to a store
// that is closed.
func (s *stream) drop() {
	s.mu.Lock()
	for m := range s.conns {
		_ = m.Conn.Close()
	}
	s.mu.Unlock()
	s.all.Wait()
}

// Addr is how others reach this member.
func (s *stream) Addr() net.Addr { return advertised(place(s.id, s.address)) }

// meant is a connection of which it is not known yet whether this member is meant.
type meant struct {
	net.Conn
	id   string
	gone func()
	once sync.Once
	err  error
}

// Close is what raft does when it has done with the connection.
func (m *meant) Close() error {
	err := m.Conn.Close()
	m.gone()
	return err
}

// Read reads what the other one says, if it means this member.
func (m *meant) Read(p []byte) (int, error) {
	m.once.Do(func() {
		want := m.id + "\n"
		said := make([]byte, len(want))
		if _, m.err = io.ReadFull(m.Conn, said); m.err == nil && string(said) != want {
			m.err = fmt.Errorf("another member is meant than %s, which is here: the one before it at this address, perhaps", m.id)
		}
	})
	if m.err != nil {
		return 0, m.err
	}
	return m.Conn.Read(p)
}

// advertised is a net.Addr that is just its text.
type advertised string

// Network is always tcp.
func (a advertised) Network() string { return "tcp" }

func (a advertised) String() string { return string(a) }
