package consensus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/raft"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// machine is the state as a raft.FSM. Raft calls Apply, Snapshot and Restore one at a time; others read meanwhile.
type machine struct {
	mu      sync.Mutex // guards all below
	state   *fsm.State
	changed chan struct{} // closed when the state is another one
	failure error         // the log has what this gstorm can't apply; nothing is applied any more

	failed chan struct{} // closed with failure
}

func newMachine() *machine {
	return &machine{state: &fsm.State{}, changed: make(chan struct{}), failed: make(chan struct{})}
}

// Apply applies an entry of the log. The answer is the command's error, nil or not.
func (m *machine) Apply(l *raft.Log) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return m.failure
	}
	c, err := fsm.Decode(l.Data)
	if err != nil {
		m.failure = fmt.Errorf("entry %d of the cluster's log: %w", l.Index, err)
		close(m.failed)
		return m.failure
	}
	// Whoever has the state before goes on reading it.
	next := m.state.Clone()
	if err := next.Apply(l.Index, c); err != nil {
		m.state = next // but for its revision it is the same: nobody has to look at it
		return err
	}
	m.replace(next)
	return nil
}

func (m *machine) replace(s *fsm.State) {
	m.state = s
	close(m.changed)
	m.changed = make(chan struct{})
}

// current is the state, which is not changed any more, and a channel that is closed when there is another one.
func (m *machine) current() (*fsm.State, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, m.changed
}

func (m *machine) err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failure
}

// Snapshot hands out the state to be written.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return frozen{m.state}, m.failure
}

// Restore replaces the state by that of a snapshot.
func (m *machine) Restore(r io.ReadCloser) error {
	s, err := fsm.ReadState(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replace(s)
	return nil
}

// frozen is a state that is not changed any more.
type frozen struct{ state *fsm.State }

// Persist writes it.
func (f frozen) Persist(sink raft.SnapshotSink) error {
	var text bytes.Buffer
	_, err := f.state.WriteTo(&text)
	if err == nil {
		_, err = sink.Write(text.Bytes())
	}
	if err != nil {
		return errors.Join(err, sink.Cancel())
	}
	return sink.Close()
}

// Release has nothing to do.
func (f frozen) Release() {}
