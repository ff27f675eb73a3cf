// Package loglevel is from which level on the components of a topology log, where somebody has said so while it runs.
package loglevel

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Level is from which level on a component logs.
type Level struct {
	Component string     `json:"component"` // "": all that have no level of their own
	Level     string     `json:"level"`     // one of Names
	Until     *time.Time `json:"until"`     // nil: until another one is set
}

// List is what is told of a topology.
type List struct {
	Levels []Level `json:"levels"`
}

// Change is what is to be changed.
type Change struct {
	Component string  `json:"component"` // "": all that have no level of their own
	Level     string  `json:"level"`     // "": as before it was set
	Seconds   float64 `json:"seconds"`   // for how long; 0: until it is changed
}

// Names are the levels by name.
var Names = []string{"debug", "info", "warn", "error"}

// Check is what is wrong with the name of a level; "" is that which a component has by itself.
func Check(name string) error {
	if name == "" || slices.Contains(Names, name) {
		return nil
	}
	return fmt.Errorf("the level is %q: %s is expected, or nothing, for the level as it was before", name, strings.Join(Names, ", "))
}

// With is the list with another level of a component, in the order of components, and without those whose time is over.
func With(list []Level, l Level, now time.Time) []Level {
	list = InForce(list, now)
	i, found := slices.BinarySearchFunc(list, l.Component, func(each Level, id string) int { return strings.Compare(each.Component, id) })
	if found {
		list = slices.Delete(list, i, i+1)
	}
	if l.Level == "" {
		return list
	}
	return slices.Insert(list, i, l)
}

// InForce are those whose time is not over.
func InForce(list []Level, now time.Time) []Level {
	return slices.DeleteFunc(slices.Clone(list), func(l Level) bool { return l.Until != nil && !now.Before(*l.Until) })
}

// Levels are the levels of a topology's components. The zero value has none. Its methods may be called from any goroutine.
type Levels struct {
	mu      sync.RWMutex // guards all below
	list    []Level      // with no component twice
	changed chan struct{}
}

// Set sets all of them.
func (l *Levels) Set(list []Level) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.Clone(list)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// List are those whose time is not over.
func (l *Levels) List() []Level {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return InForce(l.list, time.Now())
}

// Of is the level that a component was given, by name; "": none.
func (l *Levels) Of(component string) string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	all := ""
	for i := range l.list {
		switch each := &l.list[i]; {
		case each.Until != nil && !time.Now().Before(*each.Until):
		case each.Component == component:
			return each.Level
		case each.Component == "":
			all = each.Level
		}
	}
	return all
}

// Next is a channel that is closed when others are set, and for how long it is until the time of one is over; 0: of none.
func (l *Levels) Next() (changed <-chan struct{}, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	now := time.Now()
	for _, each := range l.list {
		if each.Until == nil || !now.Before(*each.Until) {
			continue
		}
		if left := each.Until.Sub(now); wait == 0 || left < wait {
			wait = left
		}
	}
	return l.changed, wait
}

// Slog is a level by its name; of no name it is info.
func Slog(name string) (level slog.Level) {
	_ = level.UnmarshalText([]byte(name))
	return level
}
