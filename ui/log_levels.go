package ui

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// LogLevels has the levels from which on components log. It is asked about topologies that Look has returned. An error of type
// *Error goes to who has asked.
type LogLevels interface {
	// LogLevels are those in force.
	LogLevels(t *Topology) []loglevel.Level
	// SetLogLevel sets that of a component, or takes it back: then its Level is "".
	SetLogLevel(ctx context.Context, t *Topology, l loglevel.Level) error
}

// longestLevel is for how long a level can be set, if it is to end by itself: a year, in seconds.
const longestLevel = 366 * 24 * 3600

// LogLevelRoutes are those to see and change from which level on components log. Options.LogLevels must be set.
func (s *Server) LogLevelRoutes() map[string]Route {
	return map[string]Route{
		"GET /v1/topologies/{name}/log-levels":  {Read, s.handler(s.getLogLevels)},
		"POST /v1/topologies/{name}/log-levels": {Operate, s.handler(s.postLogLevel)},
	}
}

func (s *Server) getLogLevels(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	t, err := find(s.options.Source.Look(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return s.levelsOf(t), nil
}

func (s *Server) levelsOf(t *Topology) loglevel.List {
	return loglevel.List{Levels: listed(s.options.LogLevels.LogLevels(t))}
}

func (s *Server) postLogLevel(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := parameters(r); err != nil {
		return nil, err
	}
	var c loglevel.Change
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxStormBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, invalidf("the request can't be read: %v", err)
	}
	t, err := s.actedOn(r.PathValue("name"), LogLevel)
	if err != nil {
		return nil, err
	}
	if err := s.setLogLevel(r.Context(), t, c); err != nil {
		return nil, err
	}
	return s.levelsOf(t), nil
}

// setLogLevel does a change that may make no sense.
func (s *Server) setLogLevel(ctx context.Context, t *Topology, c loglevel.Change) error {
	if c.Component != "" && t.Plan != nil {
		if _, err := componentOf(t, c.Component); err != nil {
			return err
		}
	}
	if err := loglevel.Check(c.Level); err != nil {
		return &Error{Invalid, err.Error()}
	}
	if !(c.Seconds >= 0 && c.Seconds <= longestLevel) {
		return invalidf("seconds is %g: a number from 0 (until it is changed) to %d is expected", c.Seconds, longestLevel)
	}
	l := loglevel.Level{Component: c.Component, Level: c.Level}
	if c.Level != "" && c.Seconds > 0 {
		until := time.Now().UTC().Add(time.Duration(c.Seconds * float64(time.Second)))
		l.Until = &until
	}
	return s.options.LogLevels.SetLogLevel(ctx, t, l)
}
