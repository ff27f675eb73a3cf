package terminal

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

const (
	// waterfallWidth is how many cells the time of a trace takes.
	waterfallWidth = 40
	// mostRows is how many tuples of a trace are shown.
	mostRows = 500
	// mostName is how much of a component's name is.
	mostName = 32
)

// WriteTraces writes a list of traces.
func WriteTraces(w io.Writer, list *ui.Traces) error {
	if len(list.Traces) == 0 {
		why := fmt.Sprintf("up to %d a second are traced (gstorm.trace.rate)", list.Rate)
		if list.Rate == 0 {
			why = "gstorm.trace.rate is 0"
		}
		_, err := fmt.Fprintf(w, "no such traces; %s\n", why)
		return err
	}
	rows := [][]string{{"TRACE", "BEGAN", "TOOK", "OUTCOME", "TUPLES", "THROUGH", "CAUSE"}}
	for _, t := range list.Traces {
		rows = append(rows, []string{
			t.Root, t.Began.Local().Format("15:04:05.000"), millis(t.MS) + " ms", words(t.Outcome), fmt.Sprint(t.Spans + t.Dropped),
			truncate(strings.Join(append([]string{t.Component}, t.Components...), " > "), 60), truncate(t.Cause, 80),
		})
	}
	var b bytes.Buffer
	writeRows(&b, rows, "TOOK", "TUPLES")
	_, err := w.Write(b.Bytes())
	return err
}

// WriteTrace writes a trace as a waterfall: a line for each tuple, below the one that it came of.
func WriteTrace(w io.Writer, t *traces.Trace) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "trace %s of %s, task %d: %s", t.Root, Escape(t.Component), t.Task, words(t.Outcome))
	how := "after"
	if t.Outcome == "pending" {
		how = "for"
	}
	fmt.Fprintf(&b, " %s %s ms, began at %s", how, millis(t.MS), t.Began.Local().Format("2006-01-02 15:04:05.000"))
	if t.Message != "" {
		b.WriteString(", message " + Escape(t.Message))
	}
	b.WriteString("\n")
	if t.Cause != "" {
		b.WriteString("  " + Escape(t.Cause) + "\n")
	}
	for _, v := range t.Values {
		b.WriteString("  " + Escape(v.Name+" = "+v.Value))
		if v.Bytes > 0 {
			fmt.Fprintf(&b, "… (%d bytes)", v.Bytes)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	end := t.MS
	for i := range t.Spans {
		if a := t.Spans[i].Answered; a != nil {
			end = max(end, *a)
		}
	}
	rows := [][]string{{"TUPLE FOR", "NODE", "AT", "QUEUE", "PIPE", "CHILD", "0" + padLeft(millis(end)+" ms", waterfallWidth-1), "OUTCOME"}}
	order := below(t.Spans)
	for _, row := range order[:min(len(order), mostRows)] {
		s := &t.Spans[row.span]
		name := blanks(2*min(row.depth, 12)) + s.Component + "/" + fmt.Sprint(s.Task)
		if s.Stream != gstorm.DefaultStream {
			name += " " + s.Stream
		}
		outcome := s.Outcome
		if s.Cause != "" && s.Cause != t.Cause {
			outcome += ": " + s.Cause
		}
		rows = append(rows, []string{
			truncate(name, mostName), s.Node, between(ms(0), s.Emitted), between(s.Emitted, s.Handed), between(s.Handed, s.Began), between(s.Began, s.Answered), bar(s, end), outcome,
		})
	}
	writeRows(&b, rows, "AT", "QUEUE", "PIPE", "CHILD")
	b.WriteString("\n. waits in the queue of its task   - is in the pipe to its process   # is with the component; times in ms\n")
	if n := t.Dropped + max(0, len(order)-mostRows); n > 0 {
		fmt.Fprintf(&b, "%d tuples more are not shown\n", n)
	}
	if t.ClocksMS > 0 {
		fmt.Fprintf(&b, "the clocks of the nodes do not agree: one was moved by %s ms here, so that nothing is before what it came of\n", millis(t.ClocksMS))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func words(outcome string) string { return strings.ReplaceAll(outcome, "_", " ") }

func ms(v float64) *float64 { return &v }

// between is how long it took from one moment to another, as far as both are known.
func between(from, to *float64) string {
	if from == nil || to == nil {
		return ""
	}
	return millis(*to - *from)
}

// bar is a tuple's part of a waterfall.
func bar(s *traces.Span, end float64) string {
	cells := []byte(strings.Repeat(" ", waterfallWidth))
	paint := func(from, to *float64, with byte) {
		if from == nil || end <= 0 {
			return
		}
		until := end
		if to != nil {
			until = *to
		}
		first := min(int(*from/end*waterfallWidth), waterfallWidth-1)
		for i := first; i < max(first+1, int(math.Ceil(until/end*waterfallWidth))) && i < waterfallWidth; i++ {
			cells[i] = with
		}
	}
	paint(s.Emitted, s.Handed, '.')
	paint(s.Handed, s.Began, '-')
	if s.Began != nil {
		paint(s.Began, s.Answered, '#')
	}
	return string(cells)
}

// row is a line of a waterfall.
type row struct{ span, depth int }

// below puts each tuple below the one that it came of.
func below(spans []traces.Span) []row {
	index, children := map[string]int{}, map[int][]int{}
	for i := range spans {
		index[spans[i].ID] = i
	}
	for i := range spans {
		above := -1
		for _, parent := range spans[i].Parents {
			if at, known := index[parent]; known && at < i { // who comes later is none
				above = at
				break
			}
		}
		children[above] = append(children[above], i)
	}
	var rows []row
	var add func(of, depth int)
	add = func(of, depth int) {
		for _, i := range children[of] {
			rows = append(rows, row{i, depth})
			add(i, depth+1)
		}
	}
	add(-1, 0)
	return rows
}

// writeRows writes rows whose first is the titles, in columns, of which some are of numbers. What came from components is shown so
// that it does no harm.
func writeRows(b *bytes.Buffer, rows [][]string, numbers ...string) {
	widths, right := make([]int, len(rows[0])), map[int]bool{}
	for i, title := range rows[0] {
		for _, n := range numbers {
			right[i] = right[i] || n == title
		}
	}
	for _, r := range rows {
		for i := range r {
			r[i] = Escape(r[i])
			widths[i] = max(widths[i], width(r[i]))
		}
	}
	for _, r := range rows {
		line := ""
		for i, text := range r {
			if i > 0 {
				line += "  "
			}
			if right[i] {
				line += padLeft(text, widths[i])
			} else {
				line += padRight(text, widths[i])
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
