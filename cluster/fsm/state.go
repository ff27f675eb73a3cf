package fsm

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// State is the replicated state. Its zero value is that of a new cluster. One goroutine at a time applies; what is handed
// out is not changed any more: a command replaces what it changes.
type State struct {
	Revision   uint64               `json:"revision"` // the index of the last command that was applied
	Topologies map[string]*Topology `json:"topologies,omitempty"`
	Nodes      map[string]*Node     `json:"nodes,omitempty"`
	// Submitted counts the topologies that there ever were: their ids are not used again.
	Submitted uint64 `json:"submitted,omitempty"`
	// Ended are topologies that are no more, the oldest first; those that ended long ago are forgotten.
	Ended []*Ended `json:"ended,omitempty"`
}

// Apply applies the command at an index of the log. An error is the command's answer: it was refused, for everybody in the
// same way, and has changed nothing. A command at an index that was applied before is not applied again, and has no answer.
func (s *State) Apply(index uint64, c Command) error {
	if index <= s.Revision {
		return nil
	}
	s.Revision = index
	return c.apply(s)
}

// Topology is the topology of that name, or an error that names it.
func (s *State) Topology(name string) (*Topology, error) {
	if t := s.Topologies[name]; t != nil {
		return t, nil
	}
	return nil, &NotFoundError{"topology", name}
}

// ByID is the topology with that id, or an error that names it.
func (s *State) ByID(id string) (*Topology, error) {
	if dash := strings.LastIndexByte(id, '-'); dash >= 0 { // ids are NAME-N: see Submit
		if t := s.Topologies[id[:dash]]; t != nil && t.ID == id {
			return t, nil
		}
	}
	return nil, &NotFoundError{"topology", id}
}

// Sorted are the topologies by name.
func (s *State) Sorted() []*Topology {
	var list []*Topology
	for _, name := range slices.Sorted(maps.Keys(s.Topologies)) {
		list = append(list, s.Topologies[name])
	}
	return list
}

// Clone is a copy for somebody who reads while commands are applied. It shares what is not changed any more.
func (s *State) Clone() *State {
	c := *s
	c.Topologies, c.Nodes = maps.Clone(s.Topologies), maps.Clone(s.Nodes)
	return &c
}

// snapshotFormat is written at the head of a snapshot, and grows when an older gstorm could not read what follows.
const snapshotFormat = 1

type snapshot struct {
	Format int    `json:"gstorm_state"`
	State  *State `json:"state"`
}

// WriteTo writes a snapshot.
func (s *State) WriteTo(w io.Writer) (int64, error) {
	text, err := json.Marshal(snapshot{snapshotFormat, s})
	if err != nil {
		return 0, err
	}
	n, err := w.Write(text)
	return int64(n), err
}

// ReadState reads a snapshot that WriteTo has written.
func ReadState(r io.Reader) (*State, error) {
	var s snapshot
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("the snapshot of the cluster's state can't be read: %w", err)
	}
	if s.Format != snapshotFormat || s.State == nil {
		return nil, fmt.Errorf("the snapshot of the cluster's state has format %d, this gstorm reads %d: install the version that has written it, or a newer one", s.Format, snapshotFormat)
	}
	return s.State, nil
}

// put replaces a topology, as others may be reading the one before.
func (s *State) put(t *Topology) {
	if s.Topologies == nil {
		s.Topologies = map[string]*Topology{}
	}
	s.Topologies[t.Name] = t
}

func (s *State) putNode(n *Node) {
	if s.Nodes == nil {
		s.Nodes = map[string]*Node{}
	}
	s.Nodes[n.ID] = n
}
