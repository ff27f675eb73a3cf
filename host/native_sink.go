package host

import (
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
)

// nativeSink takes what a Go component emits: what it emits during one call is anchored to that call's tuple.
type nativeSink struct {
	*task
	lineage *acker.Lineage // of the call's tuple; nil: it is about none
	anchors [1]acker.Anchor
	acc     uint64
	err     error // the first emit that could not be sent
	emits   int
	tuple   gstorm.Tuple // the one that is being emitted
}

// begin prepares for a call. lineage is that of the tuple that it is about; nil: none.
func (s *nativeSink) begin(lineage *acker.Lineage) {
	s.lineage, s.acc, s.err, s.emits = lineage, 0, nil, 0
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
	s.emits++
	s.tuple.Values, s.tuple.JSON = values, nil
	targets, err := s.out.aim(stream, task, &s.tuple, len(values))
	if err != nil {
		s.refuse(err)
		return
	}
	var lineages []acker.Lineage
	if s.lineage != nil && s.lineage.Tracked() {
		s.anchors[0] = acker.Anchor{Lineage: s.lineage, Acc: &s.acc}
		lineages = s.out.lineages[:0]
		for range targets {
			lineages = append(lineages, acker.Extend(s.anchors[:], s.out.random))
		}
		s.out.lineages = lineages
	}
	s.out.send(&s.tuple, targets, lineages)
}

// refuse keeps the first error: the tuple that the call is about fails with it.
func (s *nativeSink) refuse(err error) {
	if s.err == nil {
		s.err = err
	}
	if s.lineage == nil {
		s.failed(err, "")
	}
}
