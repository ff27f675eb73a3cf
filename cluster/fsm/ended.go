package fsm

import (
	"fmt"
	"slices"
	"time"
)

// How is how a topology has ended.
type How string

// The ways to end.
const (
	Finished How = "finished" // its spouts had nothing more
	ByKill   How = "killed"   // somebody wanted so
	Failed   How = "failed"   // it could not go on
)

// Ending is why a topology ends.
type Ending struct {
	How How    `json:"how"`
	Why string `json:"why,omitempty"` // of one that has failed
	By  string `json:"by,omitempty"`  // who has killed it
}

// String says it in words.
func (e *Ending) String() string {
	switch {
	case e.How == Failed:
		return "failed: " + e.Why
	case e.How == ByKill && e.By != "":
		return "killed by " + e.By
	}
	return string(e.How)
}

// Trees is what had become of a topology's trees when it had ended.
type Trees struct {
	Emitted  uint64 `json:"emitted"`
	Acked    uint64 `json:"acked"`
	Failed   uint64 `json:"failed"`
	TimedOut uint64 `json:"timed_out"`
}

// Ended is a topology that is no more.
type Ended struct {
	Name      string    `json:"name"`
	ID        string    `json:"id"`
	Submitted time.Time `json:"submitted"`
	By        string    `json:"by,omitempty"` // who had submitted it
	Version   int       `json:"version"`
	At        time.Time `json:"at"` // when it had ended
	Ending    Ending    `json:"ending"`
	Trees     *Trees    `json:"trees,omitempty"` // nil: nobody could be asked
}

// keepEnded is how many topologies that are no more are remembered.
const keepEnded = 100

// bury remembers a topology that is no more.
func (s *State) bury(t *Topology, at time.Time, trees *Trees) {
	e := &Ended{Name: t.Name, ID: t.ID, Submitted: t.Submitted, By: t.By, Version: t.Version, At: at, Ending: Ending{How: ByKill}, Trees: trees}
	if t.Ending != nil {
		e.Ending = *t.Ending
	}
	first := max(0, len(s.Ended)+1-keepEnded)
	s.Ended = append(slices.Clone(s.Ended[first:]), e) // others may be reading the list before
}

// Past is the topology that is no more of a name or an id: of several the last. The error names it.
func (s *State) Past(nameOrID string) (*Ended, error) {
	for _, e := range slices.Backward(s.Ended) {
		if e.Name == nameOrID || e.ID == nameOrID {
			return e, nil
		}
	}
	return nil, &NotFoundError{"topology", nameOrID}
}

// check is why a topology can't be told to end so.
func (h How) check() error {
	if h == "" || h == Finished || h == ByKill || h == Failed {
		return nil
	}
	return &ConflictError{fmt.Sprintf("a topology can't end as %q", string(h))}
}
