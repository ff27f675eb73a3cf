package host

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/host/tap"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// lookRate is how many tuples per second a tap with a filter looks at, at most.
	lookRate = 2000
	// effort is how much of the time a tap may spend on looking at tuples and showing them, whatever they and the filter are.
	effort = 0.05
	// mostTaps bounds how many there are at one time.
	mostTaps = 16
	// tapTells is how often a tap says how much it has seen.
	tapTells = time.Second
)

// TapsError says that a tap can't be opened.
type TapsError struct{ Reason string }

// Error is the reason.
func (e *TapsError) Error() string { return e.Reason }

// taps are those open at a worker.
type taps struct {
	mu   sync.Mutex // held while the streams are told of them
	open []*openTap
}

// openTap is somebody who looks at passing tuples. The tasks that emit take a few of them, as its sampler says, and put them
// into candidates without ever waiting; all else is done by its own goroutine.
type openTap struct {
	worker     *Worker
	request    stats.TapRequest
	match      func(*gstorm.Tuple) (bool, error) // nil: all
	streams    []*outStream
	before     uint64 // what was emitted before the tap
	sampler    tap.Sampler
	candidates chan candidate
	missed     atomic.Uint64 // candidates for which there was no room
	lines      chan stats.TapLine

	looks, shows, work *tap.Allowance
	seen               uint64 // emits at the last look at the clock
	counts             stats.TapCounts
}

// candidate is a tuple that was taken, as it was emitted. Nobody changes what it points to.
type candidate struct {
	tuple   gstorm.Tuple
	source  *gstorm.Source
	at      time.Time
	root    acker.Root
	targets []int
	took    time.Duration // of its task, to write it down
}

// Tap lets somebody see tuples that tasks of this worker emit, as they pass: a sample of those for which match is true, which is
// given tuples of one goroutine; nil: of all. It never holds up the tasks: lines that are not read in time are dropped, and
// counted. The channel gets a line with counts about every second, and is closed when ctx ends, or Run returns. A request that
// makes no sense, and one tap too many, is a *TapsError.
func (w *Worker) Tap(ctx context.Context, r stats.TapRequest, match func(*gstorm.Tuple) (bool, error)) (<-chan stats.TapLine, error) {
	if r.Rate < 1 || r.Rate > stats.MaxTapRate {
		return nil, &TapsError{fmt.Sprintf("the rate is %d: it must be from 1 to %d", r.Rate, stats.MaxTapRate)}
	}
	streams, err := w.tapped(r)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	burst := max(1, float64(r.Rate)/10)
	t := &openTap{
		worker: w, request: r, match: match, streams: streams, shows: tap.NewAllowance(float64(r.Rate), burst, now),
		looks: tap.NewAllowance(float64(r.Rate), burst, now), work: tap.NewAllowance(effort, effort, now), lines: make(chan stats.TapLine, 64+r.Rate),
	}
	if match != nil {
		t.looks = tap.NewAllowance(lookRate, lookRate/10, now)
		burst = lookRate / 10
	}
	t.candidates = make(chan candidate, 2*int(burst))
	t.before = t.emitted()
	t.seen = t.before
	if !w.taps.add(t) {
		return nil, &TapsError{fmt.Sprintf("%d taps are open at this worker, which is as many as there may be", mostTaps)}
	}
	go t.run(ctx)
	return t.lines, nil
}

// tapped are the streams that a request is about, as far as their tasks are here.
func (w *Worker) tapped(r stats.TapRequest) (streams []*outStream, err error) {
	c := w.plan.Component(r.Component)
	if c == nil {
		return nil, &TapsError{fmt.Sprintf("there is no component %q", r.Component)}
	}
	if r.Task != 0 && !slices.Contains(c.TaskIDs, r.Task) {
		return nil, &TapsError{fmt.Sprintf("component %q has no task %d", r.Component, r.Task)}
	}
	var wanted []string
	for _, s := range streamsOf(c) {
		if r.Stream == "" || r.Stream == s.Stream {
			wanted = append(wanted, s.Stream)
		}
	}
	if wanted == nil {
		return nil, &TapsError{fmt.Sprintf("component %q has no stream %q", r.Component, r.Stream)}
	}
	for _, t := range w.own {
		if t.component != c || r.Task != 0 && r.Task != t.id {
			continue
		}
		for _, id := range wanted {
			streams = append(streams, t.out.stream(id))
		}
	}
	return streams, nil
}

// add has the streams of a tap know it; false: there are too many.
func (s *taps) add(t *openTap) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= mostTaps {
		return false
	}
	s.open = append(s.open, t)
	s.tell(t.streams)
	return true
}

// remove has the streams of a tap forget it.
func (s *taps) remove(t *openTap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(other *openTap) bool { return other == t })
	s.tell(t.streams)
}

// tell tells streams who looks at them now. mu is held.
func (s *taps) tell(streams []*outStream) {
	for _, stream := range streams {
		var list []*openTap
		for _, t := range s.open {
			if slices.Contains(t.streams, stream) {
				list = append(list, t)
			}
		}
		if list == nil {
			stream.taps.Store(nil)
		} else {
			stream.taps.Store(&list)
		}
	}
}

// offer gives a tuple that is on its way to those who look at its stream, if they want one. It is called by its task, and
// waits for nobody.
func offer(open []*openTap, s *outStream, t *gstorm.Tuple, targets []route.Target, lineages []acker.Lineage) {
	for _, o := range open {
		if !o.sampler.Take() {
			continue
		}
		c := newCandidate(s.source, t, targets, lineages)
		select {
		case o.candidates <- c:
		default:
			o.missed.Add(1)
		}
	}
}

func newCandidate(source *gstorm.Source, t *gstorm.Tuple, targets []route.Target, lineages []acker.Lineage) candidate {
	c := candidate{tuple: gstorm.Tuple{Source: source, JSON: t.JSON, Packed: t.Packed}, source: source, at: time.Now(), targets: make([]int, len(targets))}
	for i, target := range targets {
		c.targets[i] = target.Task
	}
	if len(lineages) > 0 {
		for e := range lineages[0].Edges() {
			c.root = e.Root
			break
		}
	}
	if t.JSON == nil && t.Packed == nil { // Go values, which belong to who gets them from now on
		c.tuple.JSON = tap.Text(t.Values)
		c.took = time.Since(c.at)
	}
	return c
}

// run is the tap's goroutine.
func (t *openTap) run(ctx context.Context) {
	defer close(t.lines)
	defer t.worker.taps.remove(t)
	// Tokens come often enough that what is shown is spread over the time, and seldom enough to cost nothing.
	allow := time.NewTicker(clamp(time.Second/time.Duration(2*t.request.Rate), 10*time.Millisecond, 100*time.Millisecond))
	defer allow.Stop()
	tell := time.NewTicker(tapTells)
	defer tell.Stop()
	t.allow(time.Now())
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.worker.over:
			t.tell()
			return
		case now := <-allow.C:
			t.allow(now)
		case <-tell.C:
			t.tell()
		case c := <-t.candidates:
			began := time.Now()
			t.look(&c)
			t.work.Use((c.took + time.Since(began)).Seconds())
		}
	}
}

// allow lets tasks take as many tuples as the tap has room, and time, to look at.
func (t *openTap) allow(now time.Time) {
	emitted := t.emitted()
	seen := emitted - t.seen
	t.seen = emitted
	tokens := int64(t.looks.Left(now))
	if tokens < 1 || t.work.Left(now) <= 0 {
		return
	}
	t.looks.Use(float64(tokens))
	t.sampler.Allow(tokens, int64(cap(t.candidates)/2), seen)
}

// emitted is how many tuples have passed, ever.
func (t *openTap) emitted() (n uint64) {
	for _, s := range t.streams {
		n += s.emitted.Load()
	}
	return n
}

// look looks at a tuple, and shows it if it is wanted.
func (t *openTap) look(c *candidate) {
	t.counts.Looked++
	matched, err := true, error(nil)
	if t.match != nil {
		matched, err = t.match(&c.tuple)
	}
	if err != nil {
		t.counts.Failed++
		t.counts.Error = err.Error()
		return
	}
	if !matched {
		return
	}
	t.counts.Matched++
	if t.match != nil && !t.shows.Take(time.Now()) {
		return
	}
	shown := &stats.TapTuple{Time: c.at, Component: c.source.Component, Task: c.source.Task, Stream: c.source.Stream, Targets: c.targets}
	if c.root != 0 {
		shown.Root = c.root.String()
	}
	if shown.Values, shown.More, err = tap.Show(&c.tuple, c.source.Fields); err != nil {
		t.counts.Failed++
		t.counts.Error = err.Error()
		return
	}
	select {
	case t.lines <- stats.TapLine{Tuple: shown}:
		t.counts.Shown++
	default:
		t.counts.Dropped++
	}
}

// tell says how much was seen.
func (t *openTap) tell() {
	counts := t.counts
	counts.Emitted, counts.Dropped = t.emitted()-t.before, counts.Dropped+t.missed.Load()
	select {
	case t.lines <- stats.TapLine{Counts: &counts}:
	default: // with the next one
	}
}
