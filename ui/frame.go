package ui

import (
	"sort"
	"time"
)

// Frames can be added to and taken from each other, as they count modulo 2^64: a difference that is below 0 is one all the same.

// plus is a frame of both: what was counted added up, of how it was what is waiting added up and of the rest the highest.
func (f *frame) plus(o *frame) frame {
	return frame{
		f.at, f.topology.plus(&o.topology),
		both(f.components, o.components, (*point).plus), both(f.streams, o.streams, (*flow).plus), both(f.edges, o.edges, (*flow).plus),
	}
}

// minus is the frame without what another one has counted.
func (f *frame) minus(o *frame) frame {
	return frame{
		f.at, f.topology.minus(&o.topology),
		both(f.components, o.components, (*point).minus), both(f.streams, o.streams, (*flow).minus), both(f.edges, o.edges, (*flow).minus),
	}
}

func both[T any](a, b []T, do func(a, b *T) T) []T {
	list := make([]T, max(len(a), len(b)))
	copy(list, a)
	for i := range b {
		list[i] = do(&list[i], &b[i])
	}
	return list
}

func (p *point) plus(o *point) point {
	return point{
		p.emitted + o.emitted, p.transferred + o.transferred, p.executed + o.executed, p.acked + o.acked, p.failed + o.failed, p.measured + o.measured, p.took + o.took,
		max(p.p50, o.p50), max(p.p99, o.p99), max(p.capacity, o.capacity), small(uint64(p.queue) + uint64(o.queue)), small(uint64(p.pending) + uint64(o.pending)),
	}
}

func (p *point) minus(o *point) point {
	return point{
		p.emitted - o.emitted, p.transferred - o.transferred, p.executed - o.executed, p.acked - o.acked, p.failed - o.failed, p.measured - o.measured, p.took - o.took,
		p.p50, p.p99, p.capacity, p.queue, p.pending,
	}
}

func (f *flow) plus(o *flow) flow  { return flow{f.a + o.a, f.b + o.b, f.c + o.c} }
func (f *flow) minus(o *flow) flow { return flow{f.a - o.a, f.b - o.b, f.c - o.c} }

// least has nothing be more than in another frame.
func (f *frame) least(o *frame) {
	f.topology.least(&o.topology)
	for i := range f.components {
		var other point
		if i < len(o.components) {
			other = o.components[i]
		}
		f.components[i].least(&other)
	}
	leastFlows(f.streams, o.streams)
	leastFlows(f.edges, o.edges)
}

func (p *point) least(o *point) {
	p.emitted, p.transferred, p.executed = min(p.emitted, o.emitted), min(p.transferred, o.transferred), min(p.executed, o.executed)
	p.acked, p.failed, p.measured, p.took = min(p.acked, o.acked), min(p.failed, o.failed), min(p.measured, o.measured), min(p.took, o.took)
}

func leastFlows(list, most []flow) {
	for i := range list {
		var o flow
		if i < len(most) {
			o = most[i]
		}
		list[i] = flow{min(list[i].a, o.a), min(list[i].b, o.b), min(list[i].c, o.c)}
	}
}

// silence is how long nothing may have been known for how it was to be taken for how it still is.
const silence = 150 * time.Second

// moment is how it was at a time, by frames in their order: between two what was counted is taken to have come evenly; before the
// first it was as in that, and after the last as in the last.
func moment(frames []frame, at time.Time) frame {
	i := sort.Search(len(frames), func(k int) bool { return !frames[k].at.Before(at) })
	switch {
	case len(frames) == 0:
		return frame{at: at}
	case i < len(frames) && (i == 0 || frames[i].at.Equal(at)):
		return frames[i].known(frames[i].at.Equal(at))
	case i == len(frames):
		return frames[i-1].known(at.Sub(frames[i-1].at) <= silence)
	}
	a, b := &frames[i-1], &frames[i]
	gap := b.at.Sub(a.at)
	share := at.Sub(a.at).Seconds() / gap.Seconds()
	f := a.known(gap <= silence)
	f = f.towards(b, share)
	f.at = at
	return f
}

// towards is a frame between two.
func (f *frame) towards(o *frame, share float64) frame {
	return frame{
		f.at, f.topology.towards(&o.topology, share),
		both(f.components, o.components, func(x, y *point) point { return x.towards(y, share) }),
		both(f.streams, o.streams, func(x, y *flow) flow { return x.towards(y, share) }),
		both(f.edges, o.edges, func(x, y *flow) flow { return x.towards(y, share) }),
	}
}

// known is the frame, with how it was only if that is known.
func (f *frame) known(known bool) frame {
	if known {
		return *f
	}
	var nothing frame
	all := f.plus(&nothing)
	all.topology = pointOf(all.topology.counts())
	for i := range all.components {
		all.components[i] = pointOf(all.components[i].counts())
	}
	return all
}

func (p *point) towards(o *point, share float64) point {
	n := *p
	n.emitted, n.transferred, n.executed = between(p.emitted, o.emitted, share), between(p.transferred, o.transferred, share), between(p.executed, o.executed, share)
	n.acked, n.failed, n.measured = between(p.acked, o.acked, share), between(p.failed, o.failed, share), between(p.measured, o.measured, share)
	n.took = p.took + (o.took-p.took)*share
	return n
}

func (f *flow) towards(o *flow, share float64) flow {
	return flow{between(f.a, o.a, share), between(f.b, o.b, share), between(f.c, o.c, share)}
}

func between(a, b uint64, share float64) uint64 { return a + uint64(int64(float64(int64(b-a))*share)) }
