package gstorm

import (
	"slices"
	"strings"
)

// Fields are the names of a stream's values, in order.
type Fields []string

// Index returns the position of a field, or -1.
func (f Fields) Index(name string) int { return slices.Index(f, name) }

// Contains reports whether the field is one of f.
func (f Fields) Contains(name string) bool { return f.Index(name) >= 0 }

// String lists the names for a message.
func (f Fields) String() string {
	if len(f) == 0 {
		return "none"
	}
	return strings.Join(f, ", ")
}

// Stream is what a component declares about one of its output streams.
type Stream struct {
	Fields Fields `json:"fields"`
	// Direct: the emitter names the task that gets the tuple; consumers must subscribe with the direct grouping.
	Direct bool `json:"direct,omitempty"`
}
