// Package boards makes boards, live tables and charts, of what the tasks of components report as the metric Metric, in the form
// that docs/boards.md describes, and keeps how they were in the last ten minutes. A pure core: whatever a component reports, what
// comes of it is bounded and can be shown.
package boards

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gstorm/gstorm/internal/stats"
)

// Metric is the name of the metric that is a board.
const Metric = "gstorm.board"

// The bounds of what is shown, whatever is reported.
const (
	mostBoards  = 50  // of a topology
	mostRows    = 100 // of a board
	mostCells   = 9   // of a row
	mostText    = 100 // characters of a cell
	mostTitle   = 200 // characters of a title
	mostBytes   = 256 << 10
	seriesShown = 20 // labels of one moment that are kept for the past
)

// The forms in which a board can be shown.
var forms = []string{"bars", "stream", "table"}

// Board is what the tasks of one component have to show, together.
type Board struct {
	ID      string    `json:"id"` // of the component
	Title   string    `json:"title"`
	Show    []string  `json:"show"`    // one or several of bars, stream, table
	Columns []string  `json:"columns"` // of the cells of a row; some may be ""
	Rows    [][]any   `json:"rows"`    // of strings and float64s; for bars and streams a string, then a float64
	Updated time.Time `json:"updated,omitzero"`
	Tasks   int       `json:"tasks"`             // that have told of it
	Problem string    `json:"problem,omitempty"` // why what one has told can't be read
}

// reported is a board as one task reports it.
type reported struct {
	Title   string   `json:"title"`
	Show    []string `json:"show"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	// Times are when the rows became what they are, in milliseconds since 1970; they may be missing.
	Times []float64 `json:"times"`
	Order struct {
		By  string `json:"by"` // number: the highest second cell is the first; time: the newest; else as they come
		Top int    `json:"top"`
	} `json:"order"`
	Updated time.Time `json:"updated"`
}

// row is one of a task's, on the way to the board.
type row struct {
	cells []any
	time  float64
}

// Of are the boards among the metrics of a topology, by component.
func Of(metrics []stats.Metric) []Board {
	var list []Board
	for i := 0; i < len(metrics); {
		if metrics[i].Name != Metric {
			i++
			continue
		}
		var parts []stats.Metric
		for of := metrics[i].Component; i < len(metrics) && metrics[i].Component == of; i++ {
			if metrics[i].Name == Metric {
				parts = append(parts, metrics[i])
			}
		}
		if list = append(list, boardOf(parts)); len(list) == mostBoards {
			break
		}
	}
	return list
}

// Empty is the board of a component that has told of nothing.
func Empty(id string) Board {
	return Board{ID: id, Title: cut(id, mostTitle), Show: []string{}, Columns: []string{}, Rows: [][]any{}}
}

// boardOf puts together what the tasks of a component have reported.
func boardOf(parts []stats.Metric) Board {
	b := Empty(parts[0].Component)
	var rows []row
	by, top := "", mostRows
	tasks := map[int]bool{}
	for _, p := range parts {
		var r reported
		err := error(nil)
		if len(p.Value) > mostBytes {
			err = fmt.Errorf("it has %d bytes, at most %d are read", len(p.Value), mostBytes)
		} else {
			err = json.Unmarshal(p.Value, &r)
		}
		if err != nil {
			b.Problem = cut(fmt.Sprintf("what task %d reports can't be read: %v", p.Task, err), mostTitle)
			continue
		}
		if len(tasks) == 0 { // it says what all are
			b.describe(&r)
			by = r.Order.By
			if r.Order.Top > 0 {
				top = min(r.Order.Top, mostRows)
			}
		}
		tasks[p.Task] = true
		if r.Updated.After(b.Updated) && r.Updated.Year() < 10_000 { // what is later has no form in JSON
			b.Updated = r.Updated
		}
		rows = append(rows, r.rows(b.charted())...)
	}
	b.Tasks = len(tasks)
	for _, r := range ordered(rows, by, top) {
		b.Rows = append(b.Rows, r.cells)
	}
	return b
}

// describe takes what a board says about itself.
func (b *Board) describe(r *reported) {
	b.Title = cmp.Or(cut(r.Title, mostTitle), b.Title)
	for _, form := range r.Show {
		if slices.Contains(forms, form) && !slices.Contains(b.Show, form) {
			b.Show = append(b.Show, form)
		}
	}
	if len(b.Show) == 0 {
		b.Show = []string{"table"}
	}
	for _, name := range r.Columns[:min(len(r.Columns), mostCells)] {
		b.Columns = append(b.Columns, cut(name, mostText))
	}
}

// charted reports whether rows have to be a label and numbers.
func (b *Board) charted() bool {
	return slices.Contains(b.Show, "bars") || slices.Contains(b.Show, "stream")
}

// rows are those that can be shown.
func (r *reported) rows(charted bool) (list []row) {
	for i, cells := range r.Rows[:min(len(r.Rows), mostRows)] {
		if len(cells) == 0 || charted && len(cells) < 2 {
			continue
		}
		one := row{cells: make([]any, min(len(cells), mostCells))}
		for k := range one.cells {
			one.cells[k] = cell(cells[k])
		}
		if charted {
			if _, isNumber := one.cells[1].(float64); !isNumber {
				continue
			}
			if _, isText := one.cells[0].(string); !isText {
				one.cells[0] = text(cells[0])
			}
		}
		if i < len(r.Times) {
			one.time = r.Times[i]
		}
		list = append(list, one)
	}
	return list
}

// ordered are the first rows of several tasks. Of a label that several have, the newest row counts.
func ordered(rows []row, by string, top int) []row {
	switch by {
	case "time":
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.time, a.time) })
	case "number":
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.time, a.time) })
		seen := map[any]bool{}
		rows = slices.DeleteFunc(rows, func(r row) bool {
			again := seen[r.cells[0]]
			seen[r.cells[0]] = true
			return again
		})
		slices.SortStableFunc(rows, func(a, b row) int {
			return cmp.Or(cmp.Compare(number(b), number(a)), strings.Compare(text(a.cells[0]), text(b.cells[0])))
		})
	}
	return rows[:min(len(rows), top)]
}

// number is that of a row; what has none comes last.
func number(r row) float64 {
	if len(r.cells) > 1 {
		if n, ok := r.cells[1].(float64); ok {
			return n
		}
	}
	return math.Inf(-1)
}

// cell is a value of JSON as it is shown.
func cell(value any) any {
	if n, isNumber := value.(float64); isNumber {
		return n
	}
	return text(value)
}

func text(value any) string {
	if s, isText := value.(string); isText {
		return cut(s, mostText)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return cut(string(encoded), mostText)
}

// cut is a text of so many characters at most.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
