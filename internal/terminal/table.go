package terminal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// View is what the live table shows.
type View struct {
	stats.Snapshot
	// DrainLeft is how long pending trees are still waited for while the state is stats.Draining; 0: no limit is known.
	DrainLeft time.Duration
}

// table draws views as lines of text. It remembers earlier ones for the rates, so one table belongs to one run. It knows
// no clock: time passes by Snapshot.Seconds.
type table struct {
	look  palette
	rates rates
}

// column is one column of numbers.
type column struct {
	title string
	width int
	value func(c *stats.Component, perSecond float64) string
	style func(c *stats.Component) style
}

// nameWidth is how many cells the names get, if they need them, before a column is kept.
const nameWidth = 10

// columns are all columns, as they stand.
func columns() []column {
	count := func(n func(c *stats.Component) uint64) func(*stats.Component, float64) string {
		return func(c *stats.Component, _ float64) string { return short(n(c)) }
	}
	return []column{
		{title: "tasks", width: 5, value: func(c *stats.Component, _ float64) string { return strconv.Itoa(c.Tasks) }},
		{title: "emitted", width: 7, value: count(func(c *stats.Component) uint64 { return c.Emitted })},
		{title: "executed", width: 8, value: executed},
		{title: "acked", width: 7, value: count(func(c *stats.Component) uint64 { return c.Acked })},
		{title: "failed", width: 7, value: count(func(c *stats.Component) uint64 { return c.Failed }), style: alarming},
		{title: "rate/s", width: 7, value: func(_ *stats.Component, perSecond float64) string { return rate(perSecond) }},
		{title: "p50 ms", width: 6, value: func(c *stats.Component, _ float64) string { return latency(c, c.Latency.P50) }},
		{title: "p99 ms", width: 6, value: func(c *stats.Component, _ float64) string { return latency(c, c.Latency.P99) }},
		{title: "queue", width: 7, value: count(func(c *stats.Component) uint64 { return c.Queue })},
	}
}

// dropped is the order in which columns are given up where the terminal is narrow.
var dropped = []string{"p50 ms", "tasks", "acked", "queue", "p99 ms", "failed", "executed", "emitted", "rate/s"}

func executed(c *stats.Component, _ float64) string {
	if c.Kind == "spout" {
		return "-"
	}
	return short(c.Executed)
}

func latency(c *stats.Component, ms float64) string {
	if c.Latency.Count == 0 {
		return "-"
	}
	return millis(ms)
}

func alarming(c *stats.Component) style {
	if c.Failed > 0 {
		return red
	}
	return plain
}

// draw draws a view for a terminal of so many columns and lines: never a line that is too long, never more lines than
// two thirds of the terminal, so that log lines stay in sight.
func (t *table) draw(v View, columnsOfTerminal, linesOfTerminal int) []string {
	t.rates.observe(v.Snapshot)
	room := columnsOfTerminal - 1 // a letter in the last column makes some terminals wrap
	if room < nameWidth || linesOfTerminal < 4 {
		return nil
	}
	l := fit(v.Components, room)
	lines := []string{t.header(v, room), t.titles(l)}
	rows := max(linesOfTerminal*2/3-len(lines), 1)
	shown := v.Components
	if len(shown) > rows {
		shown = shown[:rows-1]
	}
	for i := range shown {
		lines = append(lines, t.row(&shown[i], l))
	}
	if more := len(v.Components) - len(shown); more > 0 {
		lines = append(lines, t.look.paint(dim, truncate("... "+thousands(uint64(more))+" more", room)))
	}
	return lines
}

// layout is what there is room for: columns, the width of the names, and the blanks between columns.
type layout struct {
	columns []column
	names   int
	gap     int
}

// fit keeps as many columns as there is room for; it puts them close together before it gives one up.
func fit(components []stats.Component, room int) layout {
	longest := len("component")
	for i := range components {
		longest = max(longest, width(escape(components[i].ID, false)))
	}
	l := layout{columns: columns()}
	for _, victim := range append([]string{""}, dropped...) {
		l.columns = slices.DeleteFunc(l.columns, func(c column) bool { return c.title == victim })
		for l.gap = 2; l.gap >= 1; l.gap-- {
			l.names = min(longest, room-l.numbers())
			if l.names >= min(longest, nameWidth) {
				return l
			}
		}
	}
	return l
}

// numbers is how many cells the columns take.
func (l layout) numbers() int {
	n := 0
	for _, c := range l.columns {
		n += l.gap + c.width
	}
	return n
}

// header says what runs, in which state, for how long, and how many trees are pending; as much of it as there is room for.
func (t *table) header(v View, room int) string {
	state := v.State
	if state == stats.Draining {
		state += ", " + elapsed(v.DrainLeft.Seconds()) + " left"
	}
	name := truncate(escape(v.Topology, false), max(room-len(state)-2, nameWidth))
	rest := ""
	for _, part := range []string{state, elapsed(v.Seconds), counted(v.Trees.Pending, "tree") + " pending"} {
		if width(name+rest)+2+len(part) > room {
			break
		}
		rest += "  " + part
	}
	return t.look.paint(bold, name) + t.look.paint(stateStyle(v.State), rest)
}

func stateStyle(state string) style {
	switch state {
	case stats.Draining:
		return yellow
	case stats.Failed:
		return red
	}
	return plain
}

func (t *table) titles(l layout) string {
	var b strings.Builder
	b.WriteString(padRight(truncate("component", l.names), l.names))
	for _, c := range l.columns {
		b.WriteString(blanks(l.gap) + padLeft(c.title, c.width))
	}
	return t.look.paint(dim, b.String())
}

func (t *table) row(c *stats.Component, l layout) string {
	var b strings.Builder
	b.WriteString(padRight(truncate(escape(c.ID, false), l.names), l.names))
	for _, col := range l.columns {
		cell := padLeft(col.value(c, t.rates.of(c.ID)), col.width)
		if col.style != nil {
			cell = t.look.paint(col.style(c), cell)
		}
		b.WriteString(blanks(l.gap) + cell)
	}
	return b.String()
}
