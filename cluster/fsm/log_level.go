package fsm

import (
	"time"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// SetLogLevel sets from which level on a component of a topology logs, or takes that back. It is in the log, and with the topology,
// because it has to reach workers that start later as well, and who leads then; and it is small and seldom.
type SetLogLevel struct {
	Name  string         `json:"name"`
	Level loglevel.Level `json:"level"`
	At    time.Time      `json:"at"` // levels whose time is over by then are forgotten
}

func (c *SetLogLevel) name() string { return "set_log_level" }

func (c *SetLogLevel) apply(s *State) error {
	t, err := s.alive(c.Name)
	if err != nil {
		return err
	}
	if err := loglevel.Check(c.Level.Level); err != nil {
		return &ConflictError{err.Error()}
	}
	t = t.change()
	t.LogLevels = loglevel.With(t.LogLevels, c.Level, c.At)
	s.put(t)
	return nil
}
