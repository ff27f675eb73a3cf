package past

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Book is what the workers of one node have counted for one topology. A worker that is started anew counts from 0 on; what its
// earlier lives had counted stays. Its methods may be called from any goroutine.
type Book struct {
	folder string
	room   func(bytes int64) bool // whether files of that size may be made

	mu      sync.Mutex // guards all below
	layout  Layout
	places  places
	sums    []uint64
	lives   map[int]*life // by worker
	begun   time.Time     // when the topology did, if it is known from then on
	changed bool          // since it was recorded
	given   time.Time     // the last time
	now     *ring
	tiers   []tierRing
	full    bool // there was no room for its files
}

// tierRing is the ring of a tier.
type tierRing struct {
	ring   *ring
	layout Layout
	last   time.Time // record
}

// life is a life of a worker: of which what it had counted was the last that was heard.
type life struct {
	began    time.Time
	previous time.Time // when the life before it began
	counts   []uint64
	gauges   []uint64
	given    time.Time
	busy     [2]busy // at two times
}

type busy struct {
	at      time.Time
	seconds map[int]float64 // of tasks
}

// What is forgotten: lives that were not heard of for so long have ended, as their leases have; and how they are is what they
// said last, for a while.
const (
	forgetLives = 10 * time.Minute
	fresh       = 5 * time.Second
	busyFor     = 10 * time.Second
)

// nowName is the file of what was counted up to now.
const nowName = "now"

// nowMeta is what the values of that file are: the counts, and then those of each life.
type nowMeta struct {
	Layout Layout     `json:"layout"`
	Lives  []lifeMeta `json:"lives"`
}

type lifeMeta struct {
	Worker int       `json:"worker"`
	Began  time.Time `json:"began"`
}

// open reads what is in a folder, which need not be there. What can't be read is as if it had never been; the error says so, and
// the book is a good one. at is now.
func open(folder string, room func(int64) bool, at time.Time) (*Book, error) {
	b := &Book{folder: folder, room: room, lives: map[int]*life{}, tiers: make([]tierRing, len(Tiers))}
	b.places = b.layout.places()
	text, err := os.ReadFile(filepath.Join(folder, nowName))
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err == nil {
		err = b.resume(text, at)
	}
	if err != nil {
		*b = Book{folder: folder, room: room, lives: map[int]*life{}, tiers: make([]tierRing, len(Tiers)), places: (&Layout{}).places()}
		return b, errors.Join(fmt.Errorf("what %s was can't be read, and begins anew: %w", folder, err), os.RemoveAll(folder))
	}
	return b, nil
}

// resume goes on with what was read of now, and with the rings.
func (b *Book) resume(text []byte, at time.Time) error {
	c, err := readRing(text, 1)
	if err != nil {
		return err
	}
	var meta nowMeta
	if err := json.Unmarshal(c.head.Meta, &meta); err != nil {
		return err
	}
	width := meta.Layout.Width()
	if len(c.records) == 0 || c.head.Width != width*(1+len(meta.Lives)) {
		return errors.New("it has no counts")
	}
	b.layout, b.places = meta.Layout, meta.Layout.places()
	values := c.records[0].values
	b.sums = values[:width]
	for i, l := range meta.Lives {
		b.lives[l.Worker] = &life{began: l.Began, counts: values[(i+1)*width : (i+2)*width], given: at}
	}
	b.given = time.UnixMilli(c.records[0].at)
	for i := range Tiers {
		if err := b.resumeTier(i); err != nil {
			b.tiers[i] = tierRing{} // it begins anew
		}
	}
	return nil
}

// resumeTier goes on with a ring. What it has counted is not less than what now has: a machine that loses power may have the one
// and not the other.
func (b *Book) resumeTier(i int) error {
	path := filepath.Join(b.folder, Tiers[i].name)
	c, layout, err := readTier(path, 1)
	if err != nil {
		return err
	}
	if len(c.records) == 0 || !b.layout.has(layout) {
		return errors.New("it is of something else")
	}
	last := c.records[0]
	for k, n := range layout.moved(last.values[len(layout.Components)*Gauges:], &b.layout) {
		b.sums[k] = max(b.sums[k], n)
	}
	t := &b.tiers[i]
	t.layout, t.last = *layout, time.UnixMilli(last.at)
	t.ring, err = resumeRing(path, c)
	return err
}

func readTier(path string, most int) (*contents, *Layout, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return parseTier(text, most)
}

func parseTier(text []byte, most int) (*contents, *Layout, error) {
	c, err := readRing(text, most)
	if err != nil {
		return nil, nil, err
	}
	var l Layout
	if err := json.Unmarshal(c.head.Meta, &l); err != nil {
		return nil, nil, err
	}
	if len(l.Tasks) > 0 || c.head.Width != l.Width()+len(l.Components)*Gauges {
		return nil, nil, errors.New("it has not as many values as it says")
	}
	return c, &l, nil
}

// Give takes what a worker has counted in its life, and how it is.
func (b *Book) Give(worker int, s *stats.Snapshot, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.lives[worker]
	if before != nil && !before.previous.IsZero() && before.previous.Equal(s.Started) {
		return // what is late of the life before
	}
	if first := len(b.sums) == 0; first && s.Seconds < 2*Tiers[1].Step.Seconds() {
		b.begun = at.Add(-time.Duration(s.Seconds * float64(time.Second)))
	}
	b.grow(s)
	l := &life{began: s.Started, counts: b.layout.counted(&b.places, s), given: at}
	same := before != nil && before.began.Equal(s.Started)
	if same {
		l.previous, l.busy = before.previous, before.busy
	} else if before != nil {
		l.previous = before.began
	}
	for i, n := range l.counts {
		switch {
		case !same:
			b.sums[i] += n
		case n > before.counts[i]:
			b.sums[i] += n - before.counts[i]
		}
	}
	l.measure(s, len(b.layout.Components), b.places.components, at)
	b.lives[worker], b.given, b.changed = l, at, true
	maps.DeleteFunc(b.lives, func(_ int, l *life) bool { return at.Sub(l.given) > forgetLives })
}

// grow makes place for all that a snapshot has.
func (b *Book) grow(s *stats.Snapshot) {
	more, grown := b.layout.with(&b.places, s)
	if !grown {
		return
	}
	b.sums = b.layout.moved(b.sums, &more)
	for _, l := range b.lives {
		l.counts = b.layout.moved(l.counts, &more)
		l.gauges = append(l.gauges, make([]uint64, len(more.Components)*Gauges-len(l.gauges))...)
	}
	b.layout, b.places = more, more.places()
}

// measure notes how the worker is.
func (l *life) measure(s *stats.Snapshot, components int, at map[string]int, now time.Time) {
	l.gauges = make([]uint64, components*Gauges)
	of := func(id string) []uint64 { return l.gauges[at[id]/ComponentCounts*Gauges:][:Gauges] }
	for i := range s.Components {
		c := &s.Components[i]
		g := of(c.ID)
		g[P50], g[P99], g[Queue], g[InFlight] = uint64(c.Latency.P50*1000), uint64(c.Latency.P99*1000), c.Queue, c.InFlight
	}
	if passed := now.Sub(l.busy[0].at).Seconds(); !l.busy[0].at.IsZero() && passed > 0 {
		for i := range s.Tasks {
			t := &s.Tasks[i]
			share := min(max(t.Busy-l.busy[0].seconds[t.ID], 0)/passed, 1)
			of(t.Component)[Capacity] = max(of(t.Component)[Capacity], uint64(share*10_000))
		}
	}
	if now.Sub(l.busy[1].at) < busyFor {
		return
	}
	b := busy{now, make(map[int]float64, len(s.Tasks))}
	for i := range s.Tasks {
		b.seconds[s.Tasks[i].ID] = s.Tasks[i].Busy
	}
	if l.busy[0] = l.busy[1]; l.busy[0].at.IsZero() {
		l.busy[0] = b
	}
	l.busy[1] = b
}

// gauges are those of all workers.
func (b *Book) gauges(at time.Time) []uint64 {
	all := make([]uint64, len(b.layout.Components)*Gauges)
	for _, l := range b.lives {
		if at.Sub(l.given) > fresh {
			continue
		}
		for i, n := range l.gauges {
			if k := i % Gauges; k == Queue || k == InFlight {
				all[i] += n
			} else {
				all[i] = max(all[i], n)
			}
		}
	}
	return all
}

// Record writes down what was counted up to now, if there is anything new.
func (b *Book) Record(at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.changed || b.full {
		return nil
	}
	b.changed = false
	if err := b.recordNow(at); err != nil {
		return err
	}
	var failed error
	for i := range b.tiers {
		failed = errors.Join(failed, b.recordTier(i, at))
	}
	return failed
}

// recordNow writes now, before the rings: what they have counted is not more.
func (b *Book) recordNow(at time.Time) error {
	workers := slices.Sorted(maps.Keys(b.lives))
	meta := nowMeta{Layout: b.layout, Lives: []lifeMeta{}}
	values := slices.Clone(b.sums)
	for _, w := range workers {
		meta.Lives = append(meta.Lives, lifeMeta{w, b.lives[w].began})
		values = append(values, b.lives[w].counts...)
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	if b.now != nil && slices.Equal(b.now.head.Meta, text) {
		b.now.beginBlock() // each is whole by itself
		return b.now.append(at.UnixMilli(), values)
	}
	if err := os.MkdirAll(b.folder, 0o700); err != nil {
		return err
	}
	made, err := createRing(filepath.Join(b.folder, nowName), head{
		Width: len(values), Block: blockHead + longest(len(values)), Blocks: 2, Meta: text,
	}, []record{{at.UnixMilli(), values}})
	if err != nil {
		return err
	}
	err = b.now.close()
	b.now = made
	return err
}

// recordTier adds a record to a ring where it is the first of its step.
func (b *Book) recordTier(i int, at time.Time) error {
	t, step := &b.tiers[i], Tiers[i].Step
	if t.ring != nil && t.last.Truncate(step).Equal(at.Truncate(step)) {
		return nil
	}
	plain := b.layout.plain()
	if t.ring == nil || !t.layout.same(&plain) {
		if err := b.makeTier(i, &plain); err != nil || b.full {
			return err
		}
	}
	t.last = at
	return t.ring.append(at.UnixMilli(), append(b.gauges(at), b.sums[:plain.Width()]...))
}

// makeTier makes a ring for a layout, with what there is of an earlier one.
func (b *Book) makeTier(i int, plain *Layout) error {
	t, path := &b.tiers[i], filepath.Join(b.folder, Tiers[i].name)
	text, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	h := Tiers[i].head(plain, text)
	if t.ring == nil && !b.room(int64(h.size())) {
		b.full = true
		return fmt.Errorf("the past of %s is not kept: there is no more room for that of others", filepath.Base(b.folder))
	}
	var records []record
	if c, layout, err := readTier(path, Tiers[i].Most(plain.series())); err == nil && plain.has(layout) {
		for _, r := range c.records {
			gauges := append(r.values[:len(layout.Components)*Gauges:len(layout.Components)*Gauges], make([]uint64, (len(plain.Components)-len(layout.Components))*Gauges)...)
			records = append(records, record{r.at, append(gauges, layout.moved(r.values[len(layout.Components)*Gauges:], plain)...)})
		}
	} else if !b.begun.IsZero() {
		records = append(records, record{b.begun.UnixMilli(), make([]uint64, h.Width)})
	}
	made, err := createRing(path, h, records)
	if err != nil {
		return err
	}
	err = t.ring.close()
	t.ring, t.layout = made, *plain
	return err
}

// Sums are what was counted up to now.
func (b *Book) Sums() Sums {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Sums{b.layout, slices.Clone(b.sums)}
}

// close writes down what is new, and closes the files.
func (b *Book) close(at time.Time) error {
	failed := b.Record(at)
	b.mu.Lock()
	defer b.mu.Unlock()
	failed = errors.Join(failed, b.now.close())
	b.now = nil
	for i := range b.tiers {
		failed = errors.Join(failed, b.tiers[i].ring.close())
		b.tiers[i] = tierRing{}
	}
	return failed
}

// same reports whether both layouts are of the same, in the same order. A layout only grows.
func (l *Layout) same(o *Layout) bool {
	return len(l.Components) == len(o.Components) && len(l.Streams) == len(o.Streams) && len(l.Edges) == len(o.Edges) && len(l.Tasks) == len(o.Tasks)
}

// has reports whether the layout begins with another one, as it does if it has grown from that.
func (l *Layout) has(o *Layout) bool {
	return begins(l.Components, o.Components) && begins(l.Streams, o.Streams) && begins(l.Edges, o.Edges) && begins(l.Tasks, o.Tasks)
}

func begins[T comparable](list, with []T) bool {
	return len(with) <= len(list) && slices.Equal(list[:len(with)], with)
}
