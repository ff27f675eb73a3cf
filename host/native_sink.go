package host

import (
	"errors"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/route"
)

// errOver is the error of an emit whose anchor was answered before.
var errOver = errors.New("emit anchored to a held tuple that is over")

// nativeSink takes what a Go component emits: what it emits during one call is anchored to that call's tuples.
type nativeSink struct {
	*task
	anchors []acker.Anchor // the call's tuples; none: it is about none
	single  struct {       // the anchor of a call that is about one tuple
		acc     uint64
		anchors [1]acker.Anchor
	}
	err   error // the first emit that could not be sent
	emits int
	tuple gstorm.Tuple // the one that is being emitted

	late *lateAnswers // of bolts
	held uint64       // under which id the call's tuple is held; 0: it is not
}

// begin prepares for a call that is about no tuple.
func (s *nativeSink) begin() { s.about(nil) }

// beginOne prepares for a call that is about one tuple.
func (s *nativeSink) beginOne(lineage *acker.Lineage) {
	s.single.acc = 0
	s.single.anchors[0] = acker.Anchor{Lineage: lineage, Acc: &s.single.acc}
	s.about(s.single.anchors[:])
}

// about prepares for a call that is about some tuples.
func (s *nativeSink) about(anchors []acker.Anchor) {
	s.anchors, s.err, s.emits, s.held = anchors, nil, 0, 0
}

// outcome is what the call has come to: its own error, or that of an emit.
func (s *nativeSink) outcome(err error) error {
	if err != nil {
		return err
	}
	return s.err
}

// Emit implements gstorm.Sink.
func (s *nativeSink) Emit(stream string, task int, values gstorm.Values) {
	targets, ok := s.aim(stream, task, values)
	if !ok {
		return
	}
	var lineages []acker.Lineage
	switch {
	case s.held != 0:
		lineages, _ = s.flights.extend([]uint64{s.held}, len(targets), s.out.random, s.out.lineages[:0])
		s.out.lineages = lineages
		s.traceHeld(s.held)
	case len(s.anchors) > 0:
		lineages = s.out.lineages[:0]
		for range targets {
			lineages = append(lineages, acker.Extend(s.anchors, s.out.random))
		}
		s.out.lineages = lineages
		if len(lineages) > 0 && lineages[0].Traced() {
			for _, a := range s.anchors {
				s.out.traces.parents = appendTraced(s.out.traces.parents, a.Lineage)
			}
		}
	}
	s.out.send(&s.tuple, targets, lineages)
}

// EmitAnchored implements gstorm.BoltSink.
func (s *nativeSink) EmitAnchored(held []uint64, stream string, task int, values gstorm.Values) {
	targets, ok := s.aim(stream, task, values)
	if !ok {
		return
	}
	if len(held) == 0 {
		s.out.send(&s.tuple, targets, nil)
		return
	}
	if !s.flights.has(held) { // the trees of the others would wait for a tuple that is never sent
		s.refuse(errOver)
		return
	}
	s.out.lineages, _ = s.flights.extend(held, len(targets), s.out.random, s.out.lineages[:0])
	s.traceHeld(held...)
	s.out.send(&s.tuple, targets, s.out.lineages)
}

// Hold implements gstorm.BoltSink.
func (s *nativeSink) Hold() (id uint64, answer func(error)) {
	if len(s.anchors) != 1 || &s.anchors[0] != &s.single.anchors[0] || s.held != 0 {
		return 0, nil // a batch of one is a batch: it is answered as one
	}
	a := s.anchors[0]
	s.held = s.flights.hold(*a.Lineage, *a.Acc, s.in.edge, time.Now())
	return s.held, s.late.later(s.held)
}

// aim finds out where the tuple of an emit goes; false: nowhere, as the emit is wrong.
func (s *nativeSink) aim(stream string, task int, values gstorm.Values) (targets []route.Target, ok bool) {
	s.emits++
	s.tuple.Source, s.tuple.Values, s.tuple.JSON = nil, values, nil // it never has Packed
	targets, err := s.out.aim(stream, task, &s.tuple, len(values))
	if err != nil {
		s.refuse(err)
		return nil, false
	}
	return targets, true
}

// refuse keeps the first error: the tuples that the call is about fail with it.
func (s *nativeSink) refuse(err error) {
	if s.err == nil {
		s.err = err
	}
	if len(s.anchors) == 0 {
		s.failed(err, "")
	}
}
