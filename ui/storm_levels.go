package ui

import (
	"maps"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// Storm's names of levels, which are log4j's, and what they are here. What there is no level for is the next one.
var stormLevels = map[string]string{
	"ALL": "debug", "TRACE": "debug", "DEBUG": "debug", "INFO": "info", "WARN": "warn", "ERROR": "error", "FATAL": "error", "OFF": "error",
}

// stormRoot is the logger that all others follow, which also goes by no name.
const stormRoot = "ROOT"

// stormLogLevel is how Storm tells, and is told, the level of a logger: a component here.
type stormLogLevel struct {
	Target  *string `json:"target_level"`
	Reset   *string `json:"reset_level"`
	Timeout int     `json:"timeout"` // in seconds; 0: none
	Epoch   *int64  `json:"timeout_epoch"`
}

// stormLogConfig are the levels that components were given.
func (s *Server) stormLogConfig(q *stormRequest) (any, error) {
	t, err := find(q.cluster, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	named := map[string]stormLogLevel{}
	for _, l := range s.levelsOf(t).Levels {
		target, reset := strings.ToUpper(l.Level), "INFO"
		each := stormLogLevel{Target: &target, Reset: &reset}
		if l.Until != nil {
			epoch := l.Until.UnixMilli()
			each.Epoch, each.Timeout = &epoch, max(int(l.Until.Sub(q.now).Seconds()+0.5), 1)
		}
		name := l.Component
		if name == "" {
			name = stormRoot
		}
		named[name] = each
	}
	return object{"namedLoggerLevels": named}, nil
}

// setLogConfig sets levels. A logger is the component of that name.
func (s *Server) setLogConfig(q *stormRequest) (any, error) {
	var said struct {
		Levels map[string]stormLogLevel `json:"namedLoggerLevels"`
	}
	if err := q.body(&said); err != nil {
		return nil, err
	}
	var changes []loglevel.Change
	for _, name := range slices.Sorted(maps.Keys(said.Levels)) {
		l := said.Levels[name]
		c := loglevel.Change{Component: name, Seconds: float64(l.Timeout)}
		if name == stormRoot {
			c.Component = ""
		}
		if l.Target != nil && *l.Target != "" {
			level, known := stormLevels[strings.ToUpper(*l.Target)]
			if !known {
				return nil, invalidf("the level of logger %q is %q: %v are expected", name, *l.Target, slices.Sorted(maps.Keys(stormLevels)))
			}
			c.Level = level
		}
		changes = append(changes, c)
	}
	t, err := find(q.cluster, q.PathValue("id"))
	if err == nil && len(changes) > 0 {
		t, err = s.actedOn(t.ID, LogLevel)
	}
	for _, c := range changes {
		if err == nil {
			err = s.setLogLevel(q.Context(), t, c)
		}
	}
	if err != nil {
		return nil, err
	}
	return s.stormLogConfig(q)
}
