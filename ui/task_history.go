package ui

import (
	"sort"
	"time"
)

const (
	// windowSteps is at how many moments of a window's time it can begin: a window covers up to so much less than it is named for.
	// What tasks had counted is kept for these moments alone, and the windows of components begin there as well, so that they
	// agree.
	windowSteps = 60
	// fullTasks is how many tasks a topology may have for their past to be kept for the whole of each window: some 20 MB at
	// most. What has more is kept for a shorter time.
	fullTasks = 2000
)

// begins is where the window begins that ends now.
func (w window) begins(now time.Time) time.Time {
	step := w.span / windowSteps
	return now.Add(step - w.span - 1).Truncate(step)
}

// taskHistory is what a topology's tasks had counted at the moments when windows may begin. The time of each is after that of
// the one before.
type taskHistory struct {
	places map[int]int
	marks  [][]taskMark // by window; none of that of all time
}

// taskMark is one moment. What came later into a topology has no place in it.
type taskMark struct {
	at    time.Time
	tasks []taskPoint
}

// taskPoint is what a task had counted.
type taskPoint struct {
	emitted, transferred, executed, acked, failed, measured uint64
	took                                                    float64
}

func newTaskHistory() *taskHistory {
	return &taskHistory{places: map[int]int{}, marks: make([][]taskMark, len(windows))}
}

// add takes what was counted up to now. first is the first moment that the topology's history has.
func (h *taskHistory) add(t *totals, first *frame) {
	var all []taskPoint // made if it is wanted: that is seldom
	for i, w := range windows {
		if w.span == 0 {
			continue
		}
		step, list := w.span/windowSteps, h.marks[i]
		if len(list) == 0 && first.components == nil { // of the beginning
			list = append(list, taskMark{at: first.at})
		}
		if n := len(list); n > 0 && (!list[n-1].at.Before(t.at) || list[n-1].at.Truncate(step).Equal(t.at.Truncate(step))) {
			h.marks[i] = list
			continue
		}
		if all == nil {
			all = h.points(t)
		}
		list = append(list, taskMark{t.at, all})
		most := windowSteps*fullTasks/max(len(h.places), fullTasks) + 1
		old := max(len(list)-most, 0)
		for old < len(list) && t.at.Sub(list[old].at) >= w.span+step {
			old++
		}
		clear(list[:old])
		h.marks[i] = list[old:]
	}
}

func (h *taskHistory) points(t *totals) []taskPoint {
	all := make([]taskPoint, 0, len(t.tasks))
	for id, c := range t.tasks {
		all = put(all, place(h.places, id), taskPoint{c.emitted, c.transferred, c.executed, c.acked, c.failed, c.measured, c.took})
	}
	return all
}

// mark is what a span of the i-th window begins with, or the first that there is since; nil: there is none.
func (h *taskHistory) mark(i int, s *span) *taskMark {
	list := h.marks[i]
	k := sort.Search(len(list), func(k int) bool { return !list[k].at.Before(s.from.at) })
	if k == len(list) {
		return nil
	}
	return &list[k]
}

func (h *taskHistory) of(m *taskMark, id int) counts {
	at, known := h.places[id]
	if !known || at >= len(m.tasks) {
		return counts{}
	}
	p := &m.tasks[at]
	return counts{
		emitted: p.emitted, transferred: p.transferred, executed: p.executed, acked: p.acked, failed: p.failed, measured: p.measured, took: p.took,
	}
}

// in is what a task that has counted so much now has counted in the i-th of the spans, and how much of that is known, in seconds.
func (h *taskHistory) in(i int, s *span, id int, now counts) (counted counts, seconds float64) {
	if s.from == nil {
		return now, s.seconds
	}
	m := h.mark(i, s)
	if m == nil {
		return counts{}, 0
	}
	return now.since(h.of(m, id)), max(s.seconds-m.at.Sub(s.from.at).Seconds(), 0)
}

// windows are a task's counts in all windows.
func (h *taskHistory) windows(spans []span, id int, now counts) []Window {
	list := []Window{}
	for i := range spans {
		c, seconds := h.in(i, &spans[i], id, now)
		list = append(list, windowOf(&spans[i], seconds, c))
	}
	return list
}
