package fsm

import (
	"fmt"
	"maps"
	"time"
)

// Submit adds a topology. It gets the id NAME-N. Its name must not be in use.
type Submit struct {
	Name   string    `json:"name"`
	Source Source    `json:"source"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Status Status    `json:"status"` // Active or Inactive
}

func (c *Submit) name() string { return "submit" }

func (c *Submit) apply(s *State) error {
	if before := s.Topologies[c.Name]; before != nil {
		if before.Status == Killed {
			return &ConflictError{fmt.Sprintf("topology %q was killed and has not come to rest yet: wait for that, or use another name", c.Name)}
		}
		return &ConflictError{fmt.Sprintf("topology %q runs already: kill it first, upgrade it, or use another name", c.Name)}
	}
	if err := c.Status.settable(); err != nil {
		return err
	}
	s.Submitted++
	s.put(&Topology{
		Name: c.Name, ID: fmt.Sprintf("%s-%d", c.Name, s.Submitted), Status: c.Status, Submitted: c.At, By: c.By,
		Source: c.Source, Version: 1, Shape: 1, Placement: Placement{NextWorker: 1},
	})
	return nil
}

// SetStatus has a topology's spouts asked for tuples (Active), or not (Inactive).
type SetStatus struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
}

func (c *SetStatus) name() string { return "set_status" }

func (c *SetStatus) apply(s *State) error {
	t, err := s.alive(c.Name)
	if err != nil {
		return err
	}
	if err := c.Status.settable(); err != nil || t.Status == c.Status {
		return err
	}
	t = t.change()
	t.Status = c.Status
	s.put(t)
	return nil
}

// Kill ends a topology: it comes to rest, until the time that is given at the latest, and then is removed. Killed again, it
// has no longer than it was given before, and the first reason stays. Epoch is that on which it was decided that the topology has
// come to its end: if it is no longer the topology's, the answer is a *StaleError. 0: a user wants it, however things are.
type Kill struct {
	Name   string    `json:"name"`
	Until  time.Time `json:"until"`
	Epoch  uint64    `json:"epoch,omitempty"`
	Ending Ending    `json:"ending,omitzero"` // nothing: ByKill
}

func (c *Kill) name() string { return "kill" }

func (c *Kill) apply(s *State) error {
	t, err := s.Topology(c.Name)
	switch {
	case err != nil:
		return err
	case c.Epoch != 0 && c.Epoch != t.Placement.Epoch:
		return &StaleError{c.Name, c.Epoch, t.Placement.Epoch}
	}
	if err := c.Ending.How.check(); err != nil {
		return err
	}
	until := c.Until
	if t.Status == Killed && t.Rest.Before(until) {
		until = t.Rest
	}
	t = t.change()
	if t.Status != Killed && c.Ending.How != "" {
		ending := c.Ending
		t.Ending = &ending
	}
	t.Status, t.Rest = Killed, until
	s.put(t)
	return nil
}

// Rebalance changes how many workers a topology has, and how many tasks its components have. Where tasks change, the
// topology first comes to rest, until the time that is given at the latest.
type Rebalance struct {
	Name        string         `json:"name"`
	Workers     int            `json:"workers,omitempty"`     // 0: as before
	Parallelism map[string]int `json:"parallelism,omitempty"` // those that change
	Until       time.Time      `json:"until"`
}

func (c *Rebalance) name() string { return "rebalance" }

func (c *Rebalance) apply(s *State) error {
	t, err := s.alive(c.Name)
	if err != nil {
		return err
	}
	t = t.change()
	if c.Workers > 0 {
		t.Workers = c.Workers
	}
	if len(c.Parallelism) > 0 {
		t.Parallelism = maps.Clone(t.Parallelism)
		if t.Parallelism == nil {
			t.Parallelism = map[string]int{}
		}
		maps.Copy(t.Parallelism, c.Parallelism)
		t.reshape(c.Until)
	}
	s.put(t)
	return nil
}

// Upgrade has a topology run something else, after what it runs has come to rest, at the time that is given at the latest.
type Upgrade struct {
	Name   string    `json:"name"`
	Source Source    `json:"source"`
	Until  time.Time `json:"until"`
}

func (c *Upgrade) name() string { return "upgrade" }

func (c *Upgrade) apply(s *State) error {
	t, err := s.alive(c.Name)
	if err != nil {
		return err
	}
	s.put(t.run(c.Source, c.Until))
	return nil
}

// Rollback has a topology run again what it ran before the last upgrade.
type Rollback struct {
	Name  string    `json:"name"`
	Until time.Time `json:"until"`
	// TakeBack has it be as if that upgrade had never been, since it was none: nobody can go back to it.
	TakeBack bool `json:"take_back,omitempty"`
}

func (c *Rollback) name() string { return "rollback" }

func (c *Rollback) apply(s *State) error {
	t, err := s.alive(c.Name)
	switch {
	case err != nil:
		return err
	case t.Previous == nil:
		return &ConflictError{fmt.Sprintf("topology %q was never upgraded: there is nothing to go back to", c.Name)}
	}
	to := t.run(*t.Previous, c.Until)
	if c.TakeBack {
		to.Previous, to.Earlier = t.Earlier, nil
	}
	s.put(to)
	return nil
}

// Place says where a topology's workers are from now on. Epoch is that on which the decision was made: if it is no longer the
// topology's, the answer is a *StaleError. When the tasks are those of its shape, it no longer rests.
type Place struct {
	Name       string   `json:"name"`
	Epoch      uint64   `json:"epoch"`
	Shape      uint64   `json:"shape"`
	Workers    []Worker `json:"workers,omitempty"`
	NextWorker int      `json:"next_worker"`
}

func (c *Place) name() string { return "place" }

func (c *Place) apply(s *State) error {
	t, err := s.Topology(c.Name)
	switch {
	case err != nil:
		return err
	case t.Placement.Epoch != c.Epoch:
		return &StaleError{c.Name, c.Epoch, t.Placement.Epoch}
	}
	t = t.change()
	t.Placement.Shape, t.Placement.Workers, t.Placement.NextWorker = c.Shape, c.Workers, max(c.NextWorker, t.Placement.NextWorker)
	if c.Shape == t.Shape && t.Status != Killed {
		t.Rest = time.Time{}
	}
	s.put(t)
	return nil
}

// Remove forgets a topology that was killed, when its workers have ended, but for what had become of it.
type Remove struct {
	Name  string    `json:"name"`
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	Trees *Trees    `json:"trees,omitempty"`
}

func (c *Remove) name() string { return "remove" }

func (c *Remove) apply(s *State) error {
	t := s.Topologies[c.Name]
	switch {
	case t == nil || t.ID != c.ID:
		return &NotFoundError{"topology", c.ID}
	case t.Status != Killed:
		return &ConflictError{fmt.Sprintf("topology %q was not killed", c.Name)}
	}
	s.bury(t, c.At, c.Trees)
	delete(s.Topologies, c.Name)
	return nil
}

// settable is why a topology can't be given a status by name; nil: it can.
func (s Status) settable() error {
	if s == Active || s == Inactive {
		return nil
	}
	return &ConflictError{fmt.Sprintf("the status %q can't be set: it is %s or %s", s, Active, Inactive)}
}

// alive is the topology of that name, if it was not killed.
func (s *State) alive(name string) (*Topology, error) {
	t, err := s.Topology(name)
	if err == nil && t.Status == Killed {
		err = &ConflictError{fmt.Sprintf("topology %q was killed", name)}
	}
	return t, err
}

// run is the topology with another source.
func (t *Topology) run(source Source, until time.Time) *Topology {
	before := t.Source
	c := t.change()
	c.Source, c.Previous, c.Earlier = source, &before, t.Previous
	c.Version++
	c.reshape(until)
	return c
}

// reshape has a topology take another shape. If nothing of it runs there is nothing to wait for.
func (t *Topology) reshape(until time.Time) {
	t.Shape++
	if len(t.Placement.Workers) > 0 {
		t.Rest = until
	}
}
