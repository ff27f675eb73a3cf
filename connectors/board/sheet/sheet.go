// Package sheet is what a board shows, made of the tuples that come: the latest values by key, whole rankings, or the last
// tuples. A pure core: who uses it says what time it is. It keeps what it can show and little more, whatever comes.
package sheet

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The ways of making rows of tuples.
const (
	Latest  = "latest"  // the latest numbers of each label, the highest first
	Ranking = "ranking" // the latest ranking of each source, the highest first
	Last    = "last"    // the last tuples, the newest first
)

const (
	// MostRows bounds how many rows are shown.
	MostRows = 100
	// MostNumbers bounds the columns beside the label.
	MostNumbers = 8
	// mostBytes bounds the rows, as JSON.
	mostBytes = 48 << 10
	// keptLabels is how many labels are kept at least that could come up when those before them fall; twice as many at most.
	keptLabels = 5000
	// keptSources is how many sources of rankings are kept.
	keptSources = 500
)

// Options are what a Sheet is for.
type Options struct {
	Keep   string        // Latest, Ranking or Last
	Top    int           // how many rows are shown, from 1 to MostRows
	Forget time.Duration // after which a row is gone that nothing has said anew; 0: never
}

// Row is a row: of a Last, texts and numbers; of others, a label and numbers, of which the first counts.
type Row struct {
	Cells []any // each a string or a float64
	At    time.Time
}

// Sheet keeps rows. One goroutine uses it.
type Sheet struct {
	options Options
	labels  map[string]*entry
	sources map[int]*ranking
	last    []Row // the oldest first
}

type entry struct {
	numbers []float64
	at      time.Time
}

type ranking struct {
	rows []Row
	at   time.Time
}

// New is a Sheet without rows.
func New(o Options) *Sheet {
	return &Sheet{options: o, labels: map[string]*entry{}, sources: map[int]*ranking{}}
}

// Set takes the numbers of a label, at least one, which stand for those before them. Of two labels that are shown alike, as they
// begin with the same text, there is one.
func (s *Sheet) Set(label any, numbers []float64, at time.Time) {
	text := shown(label)
	e := s.labels[text]
	if e == nil {
		if len(s.labels) >= 2*keptLabels {
			s.prune(at)
		}
		e = &entry{}
		s.labels[text] = e
	}
	e.numbers, e.at = numbers, at
}

// prune forgets the labels that are over, and then the lowest.
func (s *Sheet) prune(now time.Time) {
	for label, e := range s.labels {
		if s.over(e.at, now) {
			delete(s.labels, label)
		}
	}
	if len(s.labels) < keptLabels {
		return
	}
	rows := s.labelRows()
	slices.SortFunc(rows, highest)
	for _, r := range rows[keptLabels:] {
		delete(s.labels, r.Cells[0].(string))
	}
}

// Rank takes a ranking, which stands for what the same source said before: a list of lists of a label and its numbers, or a
// mapping of labels to numbers. The error says which row is none.
func (s *Sheet) Rank(source int, value any, at time.Time) error {
	rows, err := rankingOf(value, at)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, highest)
	r := s.sources[source]
	if r == nil {
		if len(s.sources) >= keptSources {
			s.forgetOldest()
		}
		r = &ranking{}
		s.sources[source] = r
	}
	r.rows, r.at = slices.Clone(rows[:min(len(rows), s.options.Top)]), at
	return nil
}

func (s *Sheet) forgetOldest() {
	oldest, at := 0, time.Time{}
	for id, r := range s.sources {
		if at.IsZero() || r.at.Before(at) || r.at.Equal(at) && id < oldest {
			oldest, at = id, r.at
		}
	}
	delete(s.sources, oldest)
}

// Add takes a tuple's values.
func (s *Sheet) Add(values []any, at time.Time) {
	r := Row{Cells: make([]any, min(len(values), MostNumbers+1)), At: at}
	for i := range r.Cells {
		r.Cells[i] = cell(values[i])
	}
	if len(s.last) >= s.options.Top {
		s.last = slices.Delete(s.last, 0, 1)
	}
	s.last = append(s.last, r)
}

// Rows are what is to be shown. Nobody changes their cells.
func (s *Sheet) Rows(now time.Time) []Row {
	var rows []Row
	switch s.options.Keep {
	case Latest:
		rows = s.labelRows()
	case Ranking:
		for _, r := range s.sources {
			rows = append(rows, r.rows...)
		}
	case Last:
		rows = slices.Clone(s.last)
		slices.Reverse(rows)
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return s.over(r.At, now) })
	switch s.options.Keep {
	case Latest:
		slices.SortFunc(rows, highest)
	case Ranking:
		rows = newest(rows)
		slices.SortFunc(rows, highest)
	}
	return fitting(rows[:min(len(rows), s.options.Top)])
}

func (s *Sheet) over(at, now time.Time) bool {
	return s.options.Forget > 0 && now.Sub(at) >= s.options.Forget
}

func (s *Sheet) labelRows() []Row {
	rows := make([]Row, 0, len(s.labels))
	for label, e := range s.labels {
		cells := make([]any, 1, 1+len(e.numbers))
		cells[0] = label
		for _, n := range e.numbers {
			cells = append(cells, n)
		}
		rows = append(rows, Row{Cells: cells, At: e.at})
	}
	return rows
}

// newest leaves of each label the row that came last; of two that came at once, the higher.
func newest(rows []Row) []Row {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(b.At.Compare(a.At), highest(a, b)) })
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r Row) bool {
		label := r.Cells[0].(string)
		again := seen[label]
		seen[label] = true
		return again
	})
}

// highest orders rows of a label and numbers.
func highest(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Cells[1].(float64), a.Cells[1].(float64)), strings.Compare(a.Cells[0].(string), b.Cells[0].(string)))
}
