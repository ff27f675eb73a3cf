package terminal

import (
	"strconv"
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

// counting is a component and its rate: a row of the live table.
type counting struct {
	*stats.Component
	perSecond float64
}

// columns are all columns, as they stand.
func columns() []column[counting] {
	count := func(n func(c counting) uint64) func(counting) string {
		return func(c counting) string { return short(n(c)) }
	}
	return []column[counting]{
		{title: "tasks", width: 5, value: func(c counting) string { return strconv.Itoa(c.Tasks) }},
		{title: "emitted", width: 7, value: count(func(c counting) uint64 { return c.Emitted })},
		{title: "executed", width: 8, value: executed},
		{title: "acked", width: 7, value: count(func(c counting) uint64 { return c.Acked })},
		{title: "failed", width: 7, value: count(func(c counting) uint64 { return c.Failed }), style: alarming},
		{title: "rate/s", width: 7, value: func(c counting) string { return rate(c.perSecond) }},
		{title: "p50 ms", width: 6, value: func(c counting) string { return latency(c.Latency, c.Latency.P50) }},
		{title: "p99 ms", width: 6, value: func(c counting) string { return latency(c.Latency, c.Latency.P99) }},
		{title: "queue", width: 7, value: count(func(c counting) uint64 { return c.Queue })},
	}
}

// dropped is the order in which columns are given up where the terminal is narrow.
var dropped = []string{"p50 ms", "tasks", "acked", "queue", "p99 ms", "failed", "executed", "emitted", "rate/s"}

func executed(c counting) string {
	if c.Kind == "spout" {
		return "-"
	}
	return short(c.Executed)
}

// latency writes a number of milliseconds of a distribution, if anything was measured.
func latency(of stats.Latency, ms float64) string {
	if of.Count == 0 {
		return "-"
	}
	return millis(ms)
}

func alarming(c counting) style {
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
	longest := len("component")
	for i := range v.Components {
		longest = max(longest, width(escape(v.Components[i].ID, false)))
	}
	l := fit(columns(), dropped, longest, room)
	lines := []string{t.header(v, room), t.look.paint(dim, l.titles("component"))}
	rows := max(linesOfTerminal*2/3-len(lines), 1)
	shown := v.Components
	if len(shown) > rows {
		shown = shown[:rows-1]
	}
	for i := range shown {
		lines = append(lines, l.row(t.look, shown[i].ID, counting{&shown[i], t.rates.of(shown[i].ID)}))
	}
	if more := len(v.Components) - len(shown); more > 0 {
		lines = append(lines, t.look.paint(dim, truncate("... "+thousands(uint64(more))+" more", room)))
	}
	return lines
}

// header says what runs, in which state, for how long, and how many trees are pending; as much of it as there is room for.
func (t *table) header(v View, room int) string {
	state := v.State
	if state == stats.Draining {
		state += ", " + elapsed(v.DrainLeft.Seconds()) + " left"
	}
	name := truncate(escape(v.Topology, false), max(room-len(state)-2, nameWidth))
	rest := ""
	for _, part := range []string{state, elapsed(v.Seconds), counted(v.Trees.Pending, "tree") + " pending", rate(t.rates.spouts(v.Components)) + " in/s"} {
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
