package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
)

// SummaryStyle is how the summary for people looks.
type SummaryStyle struct {
	Colour bool
	// Columns is the width of the terminal; tables that are wider are broken into parts. 0: they never are.
	Columns int
}

// SummaryStyle is the style that fits the terminal behind Err.
func (o Options) SummaryStyle() SummaryStyle {
	style := SummaryStyle{Colour: o.Colour}
	if o.Size != nil {
		style.Columns, _ = o.Size()
	}
	return style
}

// WriteJSON writes a snapshot for programs: one indented JSON document (spec/summary.schema.json) and a line end.
func WriteJSON(w io.Writer, s stats.Snapshot) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}

// WriteSummary writes a snapshot for people: the errors, how it ended, the components, the trees. The errors, of which
// there may be many, come first, so that the numbers are what is in sight at the end.
func WriteSummary(w io.Writer, s stats.Snapshot, style SummaryStyle) error {
	var b strings.Builder
	p := palette(style.Colour)
	if len(s.Errors) > 0 {
		b.WriteString("\n" + p.paint(dim, "errors") + "\n")
	}
	for i := range s.Errors {
		writeError(&b, &s.Errors[i], p)
	}
	title := p.paint(bold, escape(s.Topology, false)) + "  " + p.paint(stateStyle(s.State), s.State) + " after " + elapsed(s.Seconds)
	if s.Reason != "" {
		title += ": " + firstLine(s.Reason)
	}
	b.WriteString("\n" + title + "\n\n")
	grid(&b, componentGrid(s.Components), style, p)
	b.WriteByte('\n')
	grid(&b, treeGrid(s.Trees), style, p)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}

// WriteErrors writes errors of components for people.
func WriteErrors(w io.Writer, errors []stats.ComponentError, style SummaryStyle) error {
	var b strings.Builder
	for i := range errors {
		writeError(&b, &errors[i], palette(style.Colour))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write errors: %w", err)
	}
	return nil
}

func componentGrid(components []stats.Component) [][]string {
	rows := [][]string{{"component", "tasks", "emitted", "transferred", "executed", "acked", "failed", "restarts", "errors",
		"mean ms", "p50 ms", "p99 ms", "max ms"}}
	for i := range components {
		c := &components[i]
		rows = append(rows, []string{escape(c.ID, false), strconv.Itoa(c.Tasks), thousands(c.Emitted), thousands(c.Transferred),
			thousands(c.Executed), thousands(c.Acked), thousands(c.Failed), thousands(c.Restarts), thousands(c.Errors),
			latency(c.Latency, c.Latency.Mean), latency(c.Latency, c.Latency.P50), latency(c.Latency, c.Latency.P99), latency(c.Latency, c.Latency.Max)})
	}
	return rows
}

func treeGrid(t stats.Trees) [][]string {
	title := []string{"", "emitted", "acked", "failed", "timed out", "pending"}
	row := []string{"trees", thousands(t.Emitted), thousands(t.Acked), thousands(t.Failed), thousands(t.TimedOut), thousands(t.Pending)}
	if t.Late > 0 {
		title, row = append(title, "late answers"), append(row, thousands(t.Late))
	}
	return [][]string{title, row}
}

// grid writes rows of cells in aligned columns, the first to the left, the others to the right. Columns for which there
// is no room follow in another grid with the same first column.
func grid(b *strings.Builder, rows [][]string, style SummaryStyle, p palette) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		if style.Columns > 0 {
			row[0] = truncate(row[0], max(style.Columns/4, nameWidth))
		}
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for from := 1; from < len(widths); {
		to, used := from, widths[0]
		for to < len(widths) && (to == from || style.Columns <= 0 || used+2+widths[to] < style.Columns) {
			used += 2 + widths[to]
			to++
		}
		if from > 1 {
			b.WriteByte('\n')
		}
		for i, row := range rows {
			line := padRight(row[0], widths[0])
			for k := from; k < to; k++ {
				line += "  " + padLeft(row[k], widths[k])
			}
			if i == 0 {
				line = p.paint(dim, line)
			}
			b.WriteString(line + "\n")
		}
		from = to
	}
}

// messageLines is how many lines of an error's message the summary repeats; all of them were logged when it happened.
const messageLines = 8

// writeError writes one error: who, where, how often, about what; and its message below.
func writeError(b *strings.Builder, e *stats.ComponentError, p palette) {
	who := origin{component: e.Component}
	if e.Task > 0 {
		who.task = strconv.Itoa(e.Task)
	}
	line := "  " + p.paint(red, escape(who.String(0), false))
	if at := (gstorm.Position{File: e.File, Line: e.Line}).String(); at != "" {
		line += "  " + escape(at, false)
	}
	if e.Count > 1 {
		line += "  " + thousands(e.Count) + " times"
	}
	if e.Tuple != "" {
		line += "  tuple " + escape(e.Tuple, false)
	}
	b.WriteString(line + "\n")
	lines := strings.Split(trimLines(e.Message), "\n")
	shown := min(len(lines), messageLines)
	indent(b, strings.Join(lines[:shown], "\n"), "    ")
	if more := len(lines) - shown; more > 0 {
		b.WriteString("    " + p.paint(dim, "... "+counted(uint64(more), "more line")) + "\n")
	}
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(trimLines(s), "\n")
	return first
}
