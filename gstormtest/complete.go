// Package gstormtest tests components and topologies in Go, in memory and on a virtual clock: an hour of ticks takes no
// time. It is for topologies whose components are all in Go; for others there are `gstorm component` and `gstorm complete`.
package gstormtest

import (
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/trial"
	"github.com/gstorm/gstorm/local"
)

// Tuple is a tuple that a component emitted.
type Tuple struct {
	Component string
	Stream    string
	Values    gstorm.Values
}

// Result is what came of a run.
type Result struct {
	Emitted []Tuple // in the order in which they were emitted
	Summary *local.Summary
}

// Of returns the values of what a component emitted on its default stream, in order.
func (r Result) Of(component string) []gstorm.Values { return r.On(component, gstorm.DefaultStream) }

// On returns the values of what a component emitted on a stream, in order.
func (r Result) On(component, stream string) []gstorm.Values {
	var all []gstorm.Values
	for _, t := range r.Emitted {
		if t.Component == component && t.Stream == stream {
			all = append(all, t.Values)
		}
	}
	return all
}

// Complete runs a topology until everything is handled and returns what was emitted (Storm's Testing.completeTopology).
// mocks are what spouts emit instead of their own, each tuple once and with a message id, by the spout's id; other spouts
// run as they are. A topology that is not valid, or fails, fails the test.
func Complete(t *testing.T, topology *gstorm.Topology, mocks map[string][]gstorm.Values) Result {
	t.Helper()
	all := trial.Mocks{}
	for spout, tuples := range mocks {
		all[spout] = emissions(tuples)
	}
	mocked, err := all.Apply(topology)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, mocked)
}

// Component runs one bolt of a topology alone, with one task, and returns what it emitted for the tuples that it got one
// after the other, each after the one before was answered.
func Component(t *testing.T, topology *gstorm.Topology, id string, tuples ...gstorm.Values) Result {
	t.Helper()
	if topology.Component(id) == nil {
		t.Fatalf("the topology has no component %q", id)
	}
	fields, ok := trial.InputFields(topology, id)
	if !ok {
		t.Fatalf("%q is no bolt whose inputs all have the same fields", id)
	}
	return run(t, trial.Single(topology, id, fields, trial.NewFixedTuples(emissions(tuples))))
}

func emissions(tuples []gstorm.Values) []trial.Emission {
	all := make([]trial.Emission, len(tuples))
	for i, values := range tuples {
		all[i] = trial.Emission{Stream: gstorm.DefaultStream, Values: values}
	}
	return all
}

func run(t *testing.T, topology *gstorm.Topology) (r Result) {
	t.Helper()
	var mu sync.Mutex
	observe := func(tuple *gstorm.Tuple) {
		mu.Lock()
		defer mu.Unlock()
		r.Emitted = append(r.Emitted, Tuple{tuple.Source.Component, tuple.Source.Stream, tuple.Values})
	}
	synctest.Test(t, func(t *testing.T) {
		var err error
		r.Summary, err = local.Run(t.Context(), topology, local.Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil)), Observe: observe})
		if err != nil {
			t.Fatal(err)
		}
	})
	return r
}
