package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// topology shows a topology: how it is, what to do about it, its components, its last errors.
func (t *Top) topology(v *ui.TopologyView, room int) (head []string, parts []part) {
	running := 0
	for i := range v.Workers {
		if v.Workers[i].Running {
			running++
		}
	}
	state := v.State
	if v.Status != ui.Active && v.Status != v.State {
		state = v.Status + ", " + state
	}
	facts := []string{state, "version " + strconv.Itoa(v.Version), "up " + elapsed(v.Uptime)}
	if v.Kind == ui.ClusterKind {
		facts = append(facts, fmt.Sprintf("%d/%d workers", running, len(v.Workers)))
	}
	look := stateStyle(v.State)
	if v.Status != ui.Active || running < len(v.Workers) {
		look = yellow
	}
	head = append(head, t.headline(v.Name, look, facts, room))
	head = append(head, flowing(figures(v), room)...)
	advice := part{least: 4, rank: 1}
	for _, a := range v.Advice {
		advice.lines = append(advice.lines, t.advice(a.Severity, a.Message, a.Advice, room)...)
	}
	components := choices(t, room, "component", inOrder(pointers(v.Components), componentOrders, t.sorted[1]), componentColumns(), componentDropped,
		func(c *ui.ComponentView) string { return c.ID }, v.Bottleneck)
	components.least, components.rank = 8, 0
	return head, []part{advice, components, t.errors(v.Errors, v.Now, room)}
}

// figures are the sums of a topology.
func figures(v *ui.TopologyView) []string {
	return []string{rate(v.Rates.SpoutEmitted) + " in/s", rate(v.Rates.Acked) + " acked/s", rate(v.Rates.Failed) + " failed/s", thousands(v.Pending) + " pending",
		"p50 " + latency(v.Latency, v.Latency.P50) + " ms", "p99 " + latency(v.Latency, v.Latency.P99) + " ms", rate(v.Rates.Emitted) + " emitted/s by all"}
}

// flow is what a component does, a second.
func flow(kind string, r *ui.Rates) float64 {
	if kind == string(gstorm.SpoutKind) {
		return r.Emitted
	}
	return r.Executed
}

var componentOrders = []order[*ui.ComponentView]{
	{title: "flow"}, {"busy", func(c *ui.ComponentView) float64 { return pressing(c.Kind, c.Capacity) }}, {"rate", func(c *ui.ComponentView) float64 { return flow(c.Kind, &c.Rates) }},
	{"failed", func(c *ui.ComponentView) float64 { return c.Rates.Failed }}, {"queue", func(c *ui.ComponentView) float64 { return float64(c.Queue) }},
	{"p99", func(c *ui.ComponentView) float64 { return c.Latency.P99 }}, {"errors", func(c *ui.ComponentView) float64 { return float64(c.Errors) }},
	{"cpu", func(c *ui.ComponentView) float64 { return c.CPU }}, {"memory", func(c *ui.ComponentView) float64 { return float64(c.Memory) }},
}

// alarmingCount is how a number of what must not happen looks.
func alarmingCount(n uint64) style { return alarmingRate(float64(n)) }

func componentColumns() []column[*ui.ComponentView] {
	type view = *ui.ComponentView
	return []column[view]{
		{title: "tasks", width: 5, value: func(c view) string { return strconv.Itoa(c.Tasks) }},
		{title: "emit/s", width: 7, value: func(c view) string { return rate(c.Rates.Emitted) }},
		{title: "exec/s", width: 7, value: func(c view) string { return executedRate(c.Kind, &c.Rates) }},
		{title: "ack/s", width: 7, value: func(c view) string { return rate(c.Rates.Acked) }},
		{title: "fail/s", width: 7, value: func(c view) string { return rate(c.Rates.Failed) }, style: func(c view) style { return alarmingRate(c.Rates.Failed) }},
		{title: "busy", width: 4, value: func(c view) string { return percent(c.Capacity) }, style: func(c view) style { return load(pressing(c.Kind, c.Capacity)) }},
		{title: "held", width: 4, value: func(c view) string { return percent(c.Held) }},
		{title: "queue", width: 7, value: func(c view) string { return short(c.Queue) }},
		{title: "p50 ms", width: 6, value: func(c view) string { return latency(c.Latency, c.Latency.P50) }},
		{title: "p99 ms", width: 6, value: func(c view) string { return latency(c.Latency, c.Latency.P99) }},
		{title: "restarts", width: 8, value: func(c view) string { return short(c.Restarts) }, style: func(c view) style { return alarmingCount(c.Restarts) }},
		{title: "errors", width: 7, value: func(c view) string { return short(c.Errors) }, style: func(c view) style { return alarmingCount(c.Errors) }},
		{title: "cpu", width: 4, value: func(c view) string { return threeDigits(c.CPU) }},
		{title: "memory", width: 6, value: func(c view) string { return memory(c.Memory) }},
	}
}

var componentDropped = []string{"memory", "p50 ms", "cpu", "ack/s", "tasks", "restarts", "held", "emit/s", "p99 ms", "errors", "queue", "fail/s", "busy", "exec/s"}

func executedRate(kind string, r *ui.Rates) string {
	if kind == string(gstorm.SpoutKind) {
		return "-"
	}
	return rate(r.Executed)
}

// memory writes a number of bytes in at most six cells; 0 is not known.
func memory(bytes uint64) string {
	if bytes == 0 {
		return "-"
	}
	f, units := float64(bytes)/1024, "KMGTP"
	for ; f >= 999.5 && len(units) > 1; f /= 1024 {
		units = units[1:]
	}
	return threeDigits(f) + units[:1] + "B"
}

// choices is a table that somebody can choose from. bottleneck is the name of what is marked as such; "": nothing.
func choices[T any](t *Top, room int, title string, list []T, columns []column[T], dropped []string, name func(T) string, bottleneck string) part {
	shown := func(of T) string { return flat(name(of)) }
	l := fit(columns, dropped, longestOf(title, list, shown), room-markWidth)
	p := part{title: t.look.paint(dim, blanks(markWidth)+l.titles(title))}
	t.names = nil
	for _, one := range list {
		t.names = append(t.names, name(one))
	}
	p.cursor = t.cursor(t.names)
	for i, one := range list {
		p.lines = append(p.lines, t.line(l.row(t.look, shown(one), one), i == p.cursor, bottleneck != "" && name(one) == bottleneck))
	}
	return p
}

// errors are the last errors, the newest first, a line each.
func (t *Top) errors(list []stats.ComponentError, now time.Time, room int) part {
	p := part{title: t.look.paint(dim, truncate("last errors", room)), least: 3, rank: 2}
	for i := len(list) - 1; i >= 0; i-- {
		e := &list[i]
		line := e.Component
		if e.Task > 0 {
			line += " task " + strconv.Itoa(e.Task)
		}
		line += "  " + elapsed(max(now.Sub(e.Time).Seconds(), 0)) + " ago"
		if e.Count > 1 {
			line += "  " + thousands(e.Count) + " times since"
		}
		message := firstLine(e.Message)
		if at := (gstorm.Position{File: e.File, Line: e.Line}).String(); at != "" && !strings.HasPrefix(message, at) {
			line += "  " + at
		}
		line = truncate(flat(line), room*2/3)
		p.lines = append(p.lines, t.look.paint(red, line)+truncate("  "+flat(message), room-width(line)))
	}
	return p
}
