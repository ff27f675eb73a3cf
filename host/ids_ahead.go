package host

import (
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/multilang"
)

// idsAhead is for how many emits a child may know the task ids in advance, and so how far one that waits for them can get
// ahead of the host. Told anew when half are used, it seldom waits, and the host seldom writes.
const idsAhead = 1024

// foretold are the task ids that a child is told before it emits. storm.py and storm.rb wait for task ids at every emit,
// and that is most of the time that they take; what they find in their input already they need not wait for. Task ids can
// be told in advance where the choice needs no values, and to a library that keeps an answer until it is asked for:
// storm.js ends with an error instead. The conversation itself does not show which a library does, so it is either
// recognised by its file (child.KeepsEarly) or vouched for by gstorm.task.ids.ahead.
//
// Answers and emits stay in pairs, whatever the emits are: one that was told in advance is the answer to the next emit
// that asks, and that emit goes to those tasks or, if it is refused, nowhere. Emits that do not ask, direct ones among
// them, take none.
//
// It is of one session, for its reader. What the child was told and did not use goes with it.
type foretold struct {
	stream *route.Stream // that chooses; nil: all answers are the same
	always []route.Target
	width  int            // how many tasks an answer has
	chosen []route.Target // told by the stream's choice and not yet used, oldest first
	left   int            // answers that the child has been told and has not used
	most   int            // of them
	ids    []int32        // scratch
}

// mayGetAhead reports whether the child may be written what it has not asked for yet, by the mode that is set for that. Our own
// libraries need none of it: they ask for task ids only where the component wants to know, and have batches.
func (s *session) mayGetAhead(mode string) bool {
	return s.p.Extension() == nil && (mode == "always" || mode == "auto" && s.keeps)
}

// foretell returns what the child can be told in advance, nil if nothing can.
func (s *session) foretell() *foretold {
	switch {
	case !s.mayGetAhead(s.settings.idsAhead):
		return nil
	case !s.settings.idsUsed:
		return &foretold{most: idsAhead}
	}
	return s.out.foretell()
}

// foretell finds the answer to the next emit, on whichever stream it will be. Emits on streams that are not declared, or
// direct, are refused if they ask for task ids, so they do not matter.
func (e *emitter) foretell() *foretold {
	f := &foretold{most: idsAhead}
	first := true
	for _, s := range e.streams {
		needs := s.route.Needs()
		switch {
		case s.direct:
		case needs == route.Turn && e.plainStreams() == 1:
			f.stream = s.route
		case needs != route.Nothing:
			return nil
		case first:
			f.always, first = s.route.Choose(nil), false
		case !slices.EqualFunc(f.always, s.route.Choose(nil), sameTask):
			return nil
		}
	}
	return f
}

// plainStreams counts the streams that are not direct.
func (e *emitter) plainStreams() (n int) {
	for _, s := range e.streams {
		if !s.direct {
			n++
		}
	}
	return n
}

func sameTask(a, b route.Target) bool { return a.Task == b.Task }

// begun reports whether the child is being told in advance. That begins with its first emit that asks.
func (f *foretold) begun() bool { return f != nil && f.left > 0 }

// take uses the oldest answer that the child was told. It returns the tasks to which the emit must go, nil if those are
// what its stream chooses anyway.
func (f *foretold) take() []route.Target {
	f.left--
	if f.stream == nil {
		return nil
	}
	chosen := f.chosen[:f.width:f.width]
	f.chosen = f.chosen[f.width:]
	return chosen
}

// low reports whether it is time to tell more.
func (f *foretold) low() bool { return f != nil && f.most > 0 && f.left <= f.most/2 }

// more appends the frames that tell the child as much as it may know, and says how many they are. No more than limit
// bytes are appended, where that is not 0.
func (f *foretold) more(dst []byte, limit int) (frames []byte, n int) {
	f.chosen = slices.Clone(f.chosen) // what was used is let go of
	start := len(dst)
	for ; f.left < f.most; f.left++ {
		from := f.always
		if f.stream != nil {
			before := len(f.chosen)
			f.chosen = f.stream.Choose(f.chosen)
			from = f.chosen[before:]
			f.width = len(from)
		}
		f.ids = appendIDs(f.ids[:0], from)
		before := len(dst)
		dst = multilang.AppendTaskIDs(dst, f.ids)
		n++
		if limit > 0 && len(dst)-start > limit {
			f.left++
			f.withdraw(1)
			f.most = f.left
			return dst[:before], n - 1
		}
	}
	return dst, n
}

// withdraw takes back the last n answers: the child was not told them after all.
func (f *foretold) withdraw(n int) {
	f.left -= n
	f.chosen = f.chosen[:max(0, len(f.chosen)-n*f.width)]
}

// asks reports whether a component wants to know the tasks of an emit.
func asks(m *multilang.Message) bool { return m.NeedTaskIDs && m.Task == 0 }

// aim finds the tasks that get an emit's tuple, or what is wrong with the emit. told: the child knows them already.
func (s *session) aim(m *multilang.Message, t *gstorm.Tuple) (targets []route.Target, told bool, fault string) {
	if told = asks(m) && s.told.begun(); told {
		s.out.chosen = s.told.take()
		defer func() { s.out.chosen = nil }()
	}
	switch {
	case m.Tuple == nil && m.Invalid != nil:
		return nil, told, s.invalid(m)
	case m.Tuple == nil && m.Packed == nil:
		return nil, told, "emit without a tuple"
	}
	targets, err := s.out.aim(m.Stream, m.Task, t, m.Arity)
	if err != nil {
		return nil, told, err.Error()
	}
	return targets, told, ""
}
