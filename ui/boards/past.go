package boards

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// kept is how long it is known how boards were, and apart how far two moments of that are at least.
	kept  = 10 * time.Minute
	apart = 900 * time.Millisecond
	// mostSeries is how many labels a Past has.
	mostSeries = 40
)

// Past is how the numbers of a board were.
type Past struct {
	Times  []int64  `json:"times"` // in milliseconds since 1970
	Series []Series `json:"series"`
}

// Series are the numbers of a label, one for each time; nil: it was not on the board, or not among the first 20.
type Series struct {
	Label  string     `json:"label"`
	Values []*float64 `json:"values"`
}

// Wall is the boards of a topology, now and before. One goroutine uses it at a time; the zero value has none.
type Wall struct {
	boards []Board
	told   map[string]time.Time // when a board was told last, by id
	past   map[string]*past
}

// past are moments of a board, the oldest first.
type past struct {
	frames []frame
	names  map[string]string // so that a label is kept once, however often it comes
}

type frame struct {
	at     time.Time
	labels []string
	values []float64
}

// Take takes the metrics of a topology. Those before are the past. A board that nobody tells of any more, as a worker begins
// anew, say, stays as it was for a while, with no tasks.
func (w *Wall) Take(at time.Time, metrics []stats.Metric) {
	now, told := Of(metrics), map[string]time.Time{}
	for i := range now {
		told[now[i].ID] = at
	}
	for _, b := range w.boards {
		last := w.told[b.ID]
		if _, again := told[b.ID]; !again && at.Sub(last) < kept && len(now) < mostBoards {
			b.Tasks = 0
			now, told[b.ID] = append(now, b), last
		}
	}
	slices.SortStableFunc(now, func(a, b Board) int { return strings.Compare(a.ID, b.ID) })
	w.boards, w.told = now, told
	there := map[string]*past{}
	for i := range w.boards {
		b := &w.boards[i]
		if !slices.Contains(b.Show, "stream") {
			continue
		}
		p := w.past[b.ID]
		if p == nil {
			p = &past{names: map[string]string{}}
		}
		if b.Tasks > 0 {
			p.take(at, b.Rows)
		}
		there[b.ID] = p
	}
	w.past = there
}

// Boards are those that there are now, by component. Nobody changes them.
func (w *Wall) Boards() []Board { return w.boards }

// Past is how a board was; nil: that is not kept of it.
func (w *Wall) Past(id string) *Past {
	p := w.past[id]
	if p == nil {
		return nil
	}
	return p.series()
}

func (p *past) take(at time.Time, rows [][]any) {
	if n := len(p.frames); n > 0 && at.Sub(p.frames[n-1].at) < apart {
		return
	}
	f := frame{at: at}
	for _, cells := range rows[:min(len(rows), seriesShown)] {
		label, isText := cells[0].(string)
		n, isNumber := cells[1].(float64)
		if !isText || !isNumber {
			continue
		}
		known, ok := p.names[label]
		if !ok {
			known = label
			p.names[label] = label
		}
		f.labels, f.values = append(f.labels, known), append(f.values, n)
	}
	p.frames = append(p.frames, f)
	over := 0
	for over < len(p.frames) && at.Sub(p.frames[over].at) > kept {
		over++
	}
	p.frames = slices.Delete(p.frames, 0, over)
	if most := 2 * seriesShown * len(p.frames); over > 0 && len(p.names) > most {
		p.rename()
	}
}

// rename forgets the labels that are no more.
func (p *past) rename() {
	clear(p.names)
	for _, f := range p.frames {
		for _, label := range f.labels {
			p.names[label] = label
		}
	}
}

// series are those labels that there was most of, by their names.
func (p *past) series() *Past {
	sums := map[string]float64{}
	for _, f := range p.frames {
		for i, label := range f.labels {
			sums[label] += max(f.values[i], 0)
		}
	}
	labels := make([]string, 0, len(sums))
	for label := range sums {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), strings.Compare(a, b)) })
	labels = labels[:min(len(labels), mostSeries)]
	slices.Sort(labels)
	all := &Past{Times: make([]int64, len(p.frames)), Series: make([]Series, len(labels))}
	places := map[string]int{}
	for i, label := range labels {
		places[label] = i
		all.Series[i] = Series{label, make([]*float64, len(p.frames))}
	}
	for at, f := range p.frames {
		all.Times[at] = f.at.UnixMilli()
		for i, label := range f.labels {
			if place, shown := places[label]; shown {
				all.Series[place].Values[at] = &f.values[i]
			}
		}
	}
	return all
}
