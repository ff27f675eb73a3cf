package ui

import (
	"math"
	"sort"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// The resolutions in which a topology's past is kept.
var resolutions = []resolution{{time.Second, 10 * time.Minute}, {10 * time.Second, 3 * time.Hour}, {time.Minute, 24 * time.Hour}}

type resolution struct{ step, span time.Duration }

// fullSeries is how many components, streams and edges a topology may have for its past to be kept for the whole of each
// span: some 50 MB at most. What has more is kept for a shorter time.
const fullSeries = 200

// history is a topology's past, as what had been counted at moments of it: what was counted between two is their difference,
// whatever lies between. The time of each is after that of the one before.
type history struct {
	components map[string]int // places in the frames
	streams    map[streamKey]int
	edges      map[edgeKey]int
	tiers      [][]frame // by resolution
	told       bool      // nodes tell what there was before
}

// frame is one moment. What came later into a topology has no place in it.
type frame struct {
	at         time.Time
	topology   point
	components []point
	streams    []flow
	edges      []flow
}

// point is what a component had counted, and how it was.
type point struct {
	emitted, transferred, executed, acked, failed, measured uint64
	took                                                    float64
	p50, p99, capacity                                      float32
	queue, pending                                          uint32
}

func (p *point) counts() counts {
	return counts{
		emitted: p.emitted, transferred: p.transferred, executed: p.executed, acked: p.acked, failed: p.failed, measured: p.measured, took: p.took,
	}
}

// flow is what had come through a stream (a: emitted, b: transferred) or an edge (a: executed, b: acked, c: failed).
type flow struct{ a, b, c uint64 }

func newHistory() *history {
	return &history{
		components: map[string]int{}, streams: map[streamKey]int{}, edges: map[edgeKey]int{}, tiers: make([][]frame, len(resolutions)),
	}
}

// place is that of a key, a new one if it has none.
func place[K comparable](places map[K]int, key K) int {
	at, known := places[key]
	if !known {
		at = len(places)
		places[key] = at
	}
	return at
}

// add takes what was counted up to now. capacity is that of components, by id.
func (h *history) add(t *totals, s *stats.Snapshot, capacity map[string]float64) {
	if !h.told && len(h.tiers[0]) == 0 && s.Seconds < resolutions[1].step.Seconds()*2 { // it is known from its beginning on
		h.keep(frame{at: t.at.Add(-time.Duration(s.Seconds * float64(time.Second)))})
	}
	f := frame{at: t.at, topology: pointOf(t.topology)}
	f.topology.pending = small(s.Trees.Pending)
	for id, c := range t.components { // also of those that nobody tells of now
		f.components = put(f.components, place(h.components, id), pointOf(c))
	}
	for i := range s.Components {
		c := &s.Components[i]
		p := &f.components[h.components[c.ID]]
		p.p50, p.p99, p.capacity = float32(c.Latency.P50), float32(c.Latency.P99), float32(capacity[c.ID])
		p.queue, p.pending = small(c.Queue), small(c.InFlight)
		f.topology.queue = small(uint64(f.topology.queue) + c.Queue)
		if c.Kind == bolt {
			f.topology.capacity = max(f.topology.capacity, p.capacity)
		} else {
			f.topology.p50, f.topology.p99 = max(f.topology.p50, p.p50), max(f.topology.p99, p.p99)
		}
	}
	for key, c := range t.streams {
		f.streams = put(f.streams, place(h.streams, key), flow{a: c.emitted, b: c.transferred})
	}
	for key, c := range t.edges {
		f.edges = put(f.edges, place(h.edges, key), flow{c.executed, c.acked, c.failed})
	}
	h.keep(f)
}

func put[T any](list []T, at int, v T) []T {
	if at >= len(list) {
		list = append(list, make([]T, at+1-len(list))...)
	}
	list[at] = v
	return list
}

func small(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }

func pointOf(c counts) point {
	return point{
		emitted: c.emitted, transferred: c.transferred, executed: c.executed, acked: c.acked, failed: c.failed, measured: c.measured, took: c.took,
	}
}

// keep puts a frame where it is the first of its step, and forgets what is too old, or too much.
func (h *history) keep(f frame) {
	for i, r := range resolutions {
		tier := h.tiers[i]
		if n := len(tier); n > 0 && (!tier[n-1].at.Before(f.at) || tier[n-1].at.Truncate(r.step).Equal(f.at.Truncate(r.step))) {
			continue
		}
		h.tiers[i] = append(tier, f)
		h.trim(i)
	}
}

// trim forgets of a resolution what is too old, or too much.
func (h *history) trim(i int) {
	series := len(h.components) + len(h.streams) + len(h.edges)
	r, tier := resolutions[i], h.tiers[i]
	most := int(r.span/r.step)*fullSeries/max(series, fullSeries) + 1 // one more, from before the span
	old := max(len(tier)-most, 0)
	for old < len(tier) && tier[len(tier)-1].at.Sub(tier[old].at) >= r.span+r.step {
		old++
	}
	clear(tier[:old])
	h.tiers[i] = tier[old:]
}

// frames are all moments that are known, the oldest first: each time in the finest resolution that there is of it.
func (h *history) frames() []frame { return finest(h.tiers) }

func finest(tiers [][]frame) []frame {
	var all []frame
	for i := len(tiers) - 1; i >= 0; i-- {
		tier := tiers[i]
		if i > 0 && len(tiers[i-1]) > 0 {
			finer := tiers[i-1][0].at
			tier = tier[:sort.Search(len(tier), func(k int) bool { return !tier[k].at.Before(finer) })]
		}
		all = append(all, tier...)
	}
	return all
}

// since is the first moment that is not before a time, or else the last that there is; nil: there is none.
func since(frames []frame, at time.Time) *frame {
	i := sort.Search(len(frames), func(k int) bool { return !frames[k].at.Before(at) })
	if i = min(i, len(frames)-1); i < 0 {
		return nil
	}
	return &frames[i]
}

func (h *history) component(f *frame, id string) counts {
	if at, known := h.components[id]; f != nil && known && at < len(f.components) {
		return f.components[at].counts()
	}
	return counts{}
}

func (h *history) stream(f *frame, key streamKey) counts {
	if at, known := h.streams[key]; f != nil && known && at < len(f.streams) {
		return counts{emitted: f.streams[at].a, transferred: f.streams[at].b}
	}
	return counts{}
}

func (h *history) edge(f *frame, key edgeKey) counts {
	if at, known := h.edges[key]; f != nil && known && at < len(f.edges) {
		return counts{executed: f.edges[at].a, acked: f.edges[at].b, failed: f.edges[at].c}
	}
	return counts{}
}

// window is one of the times that counts are told for, as Storm has them.
type window struct {
	id, pretty string
	span       time.Duration // 0: all
}

var windows = []window{
	{"600", "10m 0s", 10 * time.Minute}, {"10800", "3h 0m 0s", 3 * time.Hour}, {"86400", "1d 0h 0m 0s", 24 * time.Hour}, {allTime, "All time", 0},
}

const allTime = ":all-time"

// span is what is known of a window: from is where it begins, nil for the topology's beginning.
type span struct {
	window
	from    *frame
	seconds float64 // that are covered
}

// spans are those of all windows, up to a moment. uptime is the topology's, in seconds.
func (h *history) spans(now time.Time, uptime float64) []span {
	frames := h.frames()
	var list []span
	for _, w := range windows {
		s := span{window: w, seconds: uptime}
		if w.span > 0 && uptime > w.span.Seconds() { // else it is all, also of what was before the first look
			s.from = since(frames, w.begins(now))
			s.seconds = 0
			if s.from != nil {
				s.seconds = min(now.Sub(s.from.at).Seconds(), uptime)
			}
		}
		list = append(list, s)
	}
	return list
}

// patience is for how long nothing may have been counted for what comes next to say something of the time before.
const patience = 30 * time.Second

// History is how something went, step by step.
type History struct {
	Step   float64               `json:"step"` // in seconds
	From   time.Time             `json:"from"`
	Series map[string][]*float64 `json:"series"` // per second for counts; null: not known
}

var seriesNames = []string{"emitted", "acked", "failed", "executed", "p50", "p99", "queue", "pending", "capacity"}

// series are the last points of a component, or of the topology (""), over a time before now.
func (h *history) series(component string, now time.Time, since time.Duration, points int) *History {
	step := max(since/time.Duration(points), time.Second)
	n := max(int(since/step), 1)
	from := now.Add(-time.Duration(n) * step)
	all := &History{Step: step.Seconds(), From: from, Series: map[string][]*float64{}}
	for _, name := range seriesNames {
		all.Series[name] = make([]*float64, n)
	}
	frames := h.frames()
	at := func(f *frame) (point, bool) {
		if component == "" {
			return f.topology, true
		}
		if i, known := h.components[component]; known && i < len(f.components) {
			return f.components[i], true
		}
		return point{}, f.components == nil // of before the beginning
	}
	for i := range n {
		begin, end := from.Add(time.Duration(i)*step), from.Add(time.Duration(i+1)*step)
		b := sort.Search(len(frames), func(k int) bool { return !frames[k].at.Before(end) })
		if b == len(frames) {
			b--
		}
		a := sort.Search(len(frames), func(k int) bool { return frames[k].at.After(begin) }) - 1
		a = max(a, 0)
		if b <= a || !frames[b].at.After(begin) || !frames[a].at.Before(end) || frames[b].at.Sub(frames[a].at) > step+2*patience {
			continue
		}
		earlier, known := at(&frames[a])
		later, still := at(&frames[b])
		if !known || !still {
			continue
		}
		d, seconds := later.counts().since(earlier.counts()), frames[b].at.Sub(frames[a].at).Seconds()
		for name, value := range map[string]float64{
			"emitted": float64(d.emitted) / seconds, "acked": float64(d.acked) / seconds, "failed": float64(d.failed) / seconds, "executed": float64(d.executed) / seconds,
			"p50": float64(later.p50), "p99": float64(later.p99), "queue": float64(later.queue), "pending": float64(later.pending), "capacity": float64(later.capacity),
		} {
			all.Series[name][i] = &value
		}
	}
	return all
}
