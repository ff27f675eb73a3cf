package ui

import (
	"slices"
	"time"

	"github.com/gstorm/gstorm/internal/past"
)

// The past of a node is laid under what is known: at each moment that either knows, the sum is what the one had counted by then
// and what the other had; between two moments of one of them that is taken to have come evenly. So a node that is heard of late,
// or has a gap, changes no rate but its own.

// curve is a node's past as frames, the oldest first, by resolution.
type curve struct{ tiers [][]frame }

// recall takes the past of a node that was heard of, which it has told at a time by the clock here.
func (r *record) recall(node string, at time.Time, c *past.Curve) {
	h := r.nodes[node]
	if h == nil || h.read {
		return
	}
	r.history.fill(r.history.curve(c, h.unknown, at.Sub(c.Now), r.kinds), h.unknown)
	h.read, h.unknown = true, nil
}

func (r *record) frameAt(at time.Time, s *sums) frame {
	f := r.history.frameOf(s, r.kinds)
	f.at = at
	return f
}

// frameOf are sums as a frame.
func (h *history) frameOf(s *sums, kinds map[string]string) (f frame) {
	for id, c := range s.components {
		f.components = put(f.components, place(h.components, id), pointOf(c))
	}
	for key, c := range s.streams {
		f.streams = put(f.streams, place(h.streams, key), flow{a: c.emitted, b: c.transferred})
	}
	for key, c := range s.edges {
		f.edges = put(f.edges, place(h.edges, key), flow{c.executed, c.acked, c.failed})
	}
	f.topology = pointOf(ofTopology(s.components, kinds))
	return f
}

// curve are the frames of a node's past within a time of which it is not known, by its clock, which is behind by so much.
func (h *history) curve(c *past.Curve, unknown []frame, behind time.Duration, kinds map[string]string) (list curve) {
	end := &unknown[len(unknown)-1]
	for i := range c.Tiers {
		t := &c.Tiers[i]
		var frames []frame
		for k := range t.Records {
			r := &t.Records[k]
			at := r.At.Add(behind)
			if !at.Before(end.at) {
				break
			}
			if len(unknown) == 2 && !at.After(unknown[0].at) {
				continue
			}
			f := h.recorded(&t.Layout, r, kinds)
			f.at = at
			f.least(end)
			frames = append(frames, f)
		}
		list.tiers = append(list.tiers, frames)
	}
	return list
}

// recorded is a record as a frame.
func (h *history) recorded(l *past.Layout, r *past.Record, kinds map[string]string) (f frame) {
	values := r.Counts
	take := func(n int) (v []uint64) {
		v, values = values[:n], values[n:]
		return v
	}
	for i, c := range l.Components {
		n, g := componentCounts(take(past.ComponentCounts)), r.Gauges[i*past.Gauges:]
		p := pointOf(n)
		p.p50, p.p99, p.capacity = float32(g[past.P50])/1000, float32(g[past.P99])/1000, float32(g[past.Capacity])/10_000
		p.queue, p.pending = small(g[past.Queue]), small(g[past.InFlight])
		f.components = put(f.components, place(h.components, c.ID), p)
		t := &f.topology
		t.emitted, t.transferred, t.executed = t.emitted+p.emitted, t.transferred+p.transferred, t.executed+p.executed
		t.queue = small(uint64(t.queue) + uint64(p.queue))
		if kinds[c.ID] == spout {
			t.acked, t.failed, t.measured, t.took = t.acked+p.acked, t.failed+p.failed, t.measured+p.measured, t.took+p.took
			t.p50, t.p99, t.pending = max(t.p50, p.p50), max(t.p99, p.p99), small(uint64(t.pending)+uint64(p.pending))
		} else {
			t.capacity = max(t.capacity, p.capacity)
		}
	}
	for _, k := range l.Streams {
		v := take(past.StreamCounts)
		f.streams = put(f.streams, place(h.streams, streamKey{k.Component, k.Stream}), flow{a: v[0], b: v[1]})
	}
	for _, k := range l.Edges {
		v := take(past.EdgeCounts)
		f.edges = put(f.edges, place(h.edges, edgeKey{k.Component, k.Source, k.Stream}), flow{v[0], v[1], v[2]})
	}
	return f
}

// fill lays a node's past under what was known of a time, in which it was taken to have counted evenly. What there was of that
// time is more finely known then.
func (h *history) fill(c curve, unknown []frame) {
	end := unknown[len(unknown)-1]
	known, node := h.frames(), slices.Concat(unknown[:len(unknown)-1], finest(c.tiers), []frame{end})
	for i := range h.tiers {
		var before, after []frame
		var times []time.Time
		for k := range h.tiers[i] {
			switch f := h.tiers[i][k]; {
			case !f.at.Before(end.at):
				after = append(after, f)
			case len(unknown) == 2 && !f.at.After(unknown[0].at):
				before = append(before, f)
			default:
				times = append(times, f.at)
			}
		}
		if i < len(c.tiers) {
			for k := range c.tiers[i] {
				times = append(times, c.tiers[i][k].at)
			}
		}
		slices.SortFunc(times, time.Time.Compare)
		for k, at := range times {
			if step := resolutions[i].step; k > 0 && at.Truncate(step).Equal(times[k-1].Truncate(step)) {
				continue
			}
			f, of, taken := moment(known, at), moment(node, at), moment(unknown, at)
			f = f.plus(&of)
			f = f.minus(&taken)
			f.at = at
			before = append(before, f)
		}
		h.tiers[i] = append(before, after...)
		h.trim(i)
	}
}
