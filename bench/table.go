package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// writeComparisons prints the comparisons as Markdown.
func writeComparisons(w io.Writer, r *report) error {
	p := &printer{w: w}
	r.heading(p)
	p.line("")
	p.line("| gstorm | compared with | | gstorm's | theirs | ratio | at least | |")
	p.line("|---|---|---|---|---|---|---|---|")
	for _, c := range r.Comparisons {
		p.comparison(c)
	}
	p.line("")
	p.line("Min / **median** / max of %s. A ratio is gstorm's figure to theirs, or theirs to gstorm's where less is better.", counted(len(r.Rounds), "round"))
	r.footing(p)
	return p.err
}

// heading says what was measured on.
func (r *report) heading(p *printer) {
	p.line("%s, %d processors, %s/%s, %s. %s.", r.Version, r.Processors, r.System, r.Architecture, r.Go, r.Settings)
}

// footing says what the machine could do meanwhile, and what was left out.
func (r *report) footing(p *printer) {
	p.line("")
	p.line("| round | pipe ping-pong/s | loops/s, millions | stolen by the host, cores | used by others, cores |")
	p.line("|---|---|---|---|---|")
	for i, round := range r.Rounds {
		p.line("| %d | %s | %s | %.2f | %.2f |", i+1, number(round.RoundTrips), number(round.Loops), round.Steal, round.Others)
	}
	for _, m := range r.Missing {
		p.line("")
		p.line("Not measured: %s (%s).", m.Side, m.Reason)
	}
}

// printer keeps the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, arguments ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", arguments...)
	}
}

func (p *printer) comparison(c comparison) {
	wanted := ""
	if c.Least > 0 {
		wanted = number(c.Least) + "x"
	}
	if c.Most > 0 {
		wanted = "at most " + number(c.Most)
	}
	verdict := c.Missing
	if c.Met != nil {
		verdict = map[bool]string{true: "met", false: "missed"}[*c.Met]
	}
	p.line("| %s | %s | %s | %s | %s | %s | %s | %s |", c.Name, c.Versus, c.Figure, c.Ours, c.Theirs, c.Ratio, wanted, verdict)
}

// String is the spread as a cell of a table.
func (s *spread) String() string {
	if s == nil {
		return ""
	}
	if s.Min == s.Max {
		return "**" + number(s.Median) + "**"
	}
	return fmt.Sprintf("%s / **%s** / %s", number(s.Min), number(s.Median), number(s.Max))
}

// number is a figure with three digits that matter, and commas between thousands.
func number(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	scale := math.Pow(10, float64(digits))
	text := strconv.FormatFloat(math.Round(x*scale)/scale, 'f', max(digits, 0), 64)
	whole, fraction, fractional := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if !fractional {
		return whole
	}
	return strings.TrimRight(strings.TrimRight(whole+"."+fraction, "0"), ".")
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
