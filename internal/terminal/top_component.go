package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/ui"
)

// component shows a component: how it is, where its tuples come from and go to, its tasks, its errors in full.
func (t *Top) component(v *ui.ComponentDetail, room int) (head []string, parts []part) {
	head = append(head, t.headline(v.ID, plain, []string{v.Kind, counted(uint64(v.Parallel), "task"), "of " + t.place.Topology, v.Command}, room))
	figures := []string{rate(v.Rates.Emitted) + " emitted/s"}
	if v.Kind != string(gstorm.SpoutKind) {
		figures = append(figures, rate(v.Rates.Executed)+" executed/s")
	}
	figures = append(figures, rate(v.Rates.Acked)+" acked/s", rate(v.Rates.Failed)+" failed/s", percent(v.Capacity)+" busy", percent(v.Held)+" held",
		thousands(v.Queue)+" in its queue", thousands(v.InFlight)+" in flight", "p50 "+latency(v.Latency, v.Latency.P50)+" ms", "p99 "+latency(v.Latency, v.Latency.P99)+" ms",
		counted(v.Restarts, "restart"), counted(v.ErrorSum, "error"))
	if p := v.Parts; p != nil {
		figures = append(figures, "queue "+mean(p.Queue)+" ms", "pipe "+mean(p.Pipe)+" ms", "child "+mean(p.Child)+" ms")
	}
	head = append(head, flowing(figures, room)...)
	streams := part{least: 3, rank: 2}
	for _, in := range v.Inputs {
		text := fmt.Sprintf("from %s %s  %s  %s/s", in.Source, in.Stream, in.Grouping, rate(in.Rate))
		if in.Failed > 0 {
			text += "  " + thousands(in.Failed) + " failed so far"
		}
		streams.lines = append(streams.lines, truncate(flat(text), room))
	}
	for _, out := range v.Outputs {
		to := cmp.Or(strings.Join(out.To, ", "), "nobody")
		streams.lines = append(streams.lines, truncate(flat(fmt.Sprintf("to %s  by %s(%s)  %s/s", to, out.Stream, strings.Join(out.Fields, ", "), rate(out.Rate))), room))
	}
	tasks := choices(t, room, "task", inOrder(pointers(v.TaskViews), taskOrders, t.sorted[2]), taskColumns(v), taskDropped, func(task *ui.TaskView) string { return strconv.Itoa(task.ID) }, "")
	tasks.least, tasks.rank = 6, 0
	errors := part{title: t.look.paint(dim, "errors"), least: 4, rank: 1}
	for _, e := range slices.Backward(v.AllErrors) {
		var b strings.Builder
		writeError(&b, &e, false)
		for line := range strings.SplitSeq(strings.TrimSuffix(b.String(), "\n"), "\n") {
			errors.lines = append(errors.lines, truncate(strings.ReplaceAll(line, "\t", "  "), room))
		}
	}
	return head, []part{streams, tasks, errors}
}

// mean writes a mean in ms, if there is one.
func mean(ms *float64) string {
	if ms == nil {
		return "-"
	}
	return millis(*ms)
}

var taskOrders = []order[*ui.TaskView]{
	{title: "task"}, {"busy", func(v *ui.TaskView) float64 { return v.Capacity }}, {"rate", func(v *ui.TaskView) float64 { return flow(v.Kind, &v.Rates) }},
	{"failed", func(v *ui.TaskView) float64 { return v.Rates.Failed }}, {"queue", func(v *ui.TaskView) float64 { return float64(v.Queue) }},
	{"p99", func(v *ui.TaskView) float64 { return v.Latency.P99 }}, {"cpu", func(v *ui.TaskView) float64 { return v.CPU }},
	{"memory", func(v *ui.TaskView) float64 { return float64(v.Memory) }},
}

func taskColumns(v *ui.ComponentDetail) []column[*ui.TaskView] {
	type task = *ui.TaskView
	columns := []column[task]{
		{title: "state", width: 8, left: true, value: func(v task) string { return flat(v.State) }, style: func(v task) style { return stateStyle(v.State) }},
		{title: "node", width: 12, left: true, value: func(v task) string { return flat(cmp.Or(v.Node, "-")) }},
		{title: "pid", width: 7, value: func(v task) string { return pid(v.PID) }},
		{title: "rate/s", width: 7, value: func(v task) string { return rate(flow(v.Kind, &v.Rates)) }},
		{title: "fail/s", width: 7, value: func(v task) string { return rate(v.Rates.Failed) }, style: func(v task) style { return alarmingRate(v.Rates.Failed) }},
		{title: "busy", width: 4, value: func(v task) string { return percent(v.Capacity) }, style: func(v task) style { return load(pressing(v.Kind, v.Capacity)) }},
		{title: "held", width: 4, value: func(v task) string { return percent(v.Held) }},
		{title: "queue", width: 7, value: func(v task) string { return short(v.Queue) }},
		{title: "p50 ms", width: 6, value: func(v task) string { return latency(v.Latency, v.Latency.P50) }},
		{title: "p99 ms", width: 6, value: func(v task) string { return latency(v.Latency, v.Latency.P99) }},
		{title: "restarts", width: 8, value: func(v task) string { return short(v.Restarts) }, style: func(v task) style { return alarmingCount(v.Restarts) }},
		{title: "errors", width: 7, value: func(v task) string { return short(v.Errors) }, style: func(v task) style { return alarmingCount(v.Errors) }},
		{title: "cpu", width: 4, value: func(v task) string { return threeDigits(v.CPU) }},
		{title: "memory", width: 6, value: func(v task) string { return memory(v.Memory) }},
	}
	if !slices.ContainsFunc(v.TaskViews, func(v ui.TaskView) bool { return v.Node != "" }) { // it is a run on one machine
		columns = slices.DeleteFunc(columns, func(c column[task]) bool { return c.title == "node" })
	}
	return columns
}

var taskDropped = []string{"p50 ms", "held", "memory", "errors", "restarts", "cpu", "p99 ms", "pid", "fail/s", "queue", "node", "state", "busy", "rate/s"}

func pid(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
