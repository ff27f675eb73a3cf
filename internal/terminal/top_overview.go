package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/ui"
)

// overview shows everything: what is wrong, topologies, nodes.
func (t *Top) overview(o *ui.Overview, room int) (head []string, parts []part) {
	rest := []string{"gstorm " + o.Version}
	if o.Kind == ui.ClusterKind {
		rest = append(rest, counted(uint64(len(o.Nodes)), "node"))
	}
	rest = append(rest, strconv.Itoa(len(o.Topologies))+" "+plural(len(o.Topologies), "topology", "topologies"))
	head = []string{t.headline(cmp.Or(o.Cluster, "gstorm"), plain, rest, room)}
	parts = append(parts, t.health(o, room), t.topologies(o, room))
	if o.Kind == ui.ClusterKind {
		parts = append(parts, t.nodes(o, room))
	}
	return head, parts
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// headline is a name, and as much of what there is to say of it as there is room for.
func (t *Top) headline(name string, s style, rest []string, room int) string {
	name = truncate(flat(name), max(room/2, nameWidth))
	said := ""
	for _, text := range rest {
		text = flat(text)
		if width(name+said)+2+width(text) > room {
			break
		}
		said += "  " + text
	}
	return t.look.paint(bold, name) + t.look.paint(s, said)
}

var severityStyles = map[string]style{ui.Bad: red, ui.Warn: yellow, ui.Info: dim}

// severityWidth is how many cells a severity takes, with the blank behind it.
const severityWidth = 6

// advice is something that is wrong, or worth knowing, and what to do about it.
func (t *Top) advice(severity, message, advice string, room int) (lines []string) {
	text := padRight(severity, severityWidth) + message
	if advice != "" {
		text += ": " + advice
	}
	for _, line := range wrap(text, room, severityWidth) {
		lines = append(lines, t.look.paint(severityStyles[severity], line))
	}
	return lines
}

func (t *Top) health(o *ui.Overview, room int) part {
	p := part{least: 4}
	for _, h := range o.Health {
		message := h.Message
		if h.Topology != "" {
			message = h.Topology + ": " + message
		}
		p.lines = append(p.lines, t.advice(h.Severity, message, h.Advice, room)...)
	}
	if len(p.lines) == 0 && len(o.Topologies) > 0 {
		p.lines = wrap("All is well.", room, 0)
	}
	return p
}

// percent writes a share, in at most four cells.
func percent(share float64) string { return strconv.Itoa(int(100*share+0.5)) + "%" }

// alarmingRate is how a number of failures a second looks.
func alarmingRate(perSecond float64) style {
	if perSecond > 0 {
		return red
	}
	return plain
}

// The shares of time from which on something has little to spare, which are those of the web page.
const (
	busyFrom = 0.7
	fullFrom = 0.9
)

// pressing is how much of the time a component or task is busy, if that matters: a spout that waits for its source is all the
// time, and all is well.
func pressing(kind string, capacity float64) float64 {
	if kind == string(gstorm.SpoutKind) {
		return 0
	}
	return capacity
}

func load(share float64) style {
	switch {
	case share >= fullFrom:
		return red
	case share >= busyFrom:
		return yellow
	}
	return plain
}

var topologyOrders = []order[*ui.TopologyEntry]{
	{title: "name"}, {"busy", func(e *ui.TopologyEntry) float64 { return e.Capacity }}, {"acked", func(e *ui.TopologyEntry) float64 { return e.Rates.Acked }},
	{"failed", func(e *ui.TopologyEntry) float64 { return e.Rates.Failed }}, {"pending", func(e *ui.TopologyEntry) float64 { return float64(e.Pending) }},
	{"p99", func(e *ui.TopologyEntry) float64 { return e.Latency.P99 }}, {"problems", func(e *ui.TopologyEntry) float64 { return float64(len(e.Problems)) }},
}

func topologyColumns() []column[*ui.TopologyEntry] {
	type entry = *ui.TopologyEntry
	return []column[entry]{
		{title: "state", width: 10, left: true, value: func(e entry) string { return flat(cmp.Or(e.State, e.Status)) }, style: entryStyle},
		{title: "workers", width: 7, value: func(e entry) string { return fmt.Sprintf("%d/%d", e.Running, e.Workers) }},
		{title: "tasks", width: 5, value: func(e entry) string { return strconv.Itoa(e.Tasks) }},
		{title: "in/s", width: 7, value: func(e entry) string { return rate(e.Rates.SpoutEmitted) }},
		{title: "ack/s", width: 7, value: func(e entry) string { return rate(e.Rates.Acked) }},
		{title: "fail/s", width: 7, value: func(e entry) string { return rate(e.Rates.Failed) }, style: func(e entry) style { return alarmingRate(e.Rates.Failed) }},
		{title: "pending", width: 7, value: func(e entry) string { return short(e.Pending) }},
		{title: "p50 ms", width: 6, value: func(e entry) string { return latency(e.Latency, e.Latency.P50) }},
		{title: "p99 ms", width: 6, value: func(e entry) string { return latency(e.Latency, e.Latency.P99) }},
		{title: "busy", width: 4, value: func(e entry) string { return percent(e.Capacity) }, style: func(e entry) style { return load(e.Capacity) }},
		{title: "problems", width: 8, value: func(e entry) string { return strconv.Itoa(len(e.Problems)) }, style: func(e entry) style { return alarmingRate(float64(len(e.Problems))) }},
		{title: "up", width: 7, value: func(e entry) string { return elapsed(e.Uptime) }},
	}
}

var topologyDropped = []string{"up", "p50 ms", "tasks", "in/s", "problems", "workers", "p99 ms", "pending", "fail/s", "state", "busy", "ack/s"}

func entryStyle(e *ui.TopologyEntry) style {
	switch {
	case len(e.Problems) > 0:
		return red
	case e.Status != ui.Active || e.Running < e.Workers:
		return yellow
	}
	return plain
}

func (t *Top) topologies(o *ui.Overview, room int) part {
	entries := inOrder(pointers(o.Topologies), topologyOrders, t.sorted[0])
	p := choices(t, room, "topology", entries, topologyColumns(), topologyDropped, func(e *ui.TopologyEntry) string { return e.Name }, "")
	if len(entries) == 0 {
		text := "Nothing runs now."
		if o.Kind == ui.ClusterKind {
			text = "No topology runs. gstorm submit FILE has one run."
		}
		p = part{lines: wrap(text, room, 0)}
	}
	p.least, p.rank = 6, 0
	return p
}

// unwell is how nodes are sorted: those that want attention first.
func unwell(n *ui.Node) int {
	switch {
	case n.Status != "alive":
		return 0
	case n.Draining:
		return 1
	}
	return 2
}

func (t *Top) nodes(o *ui.Overview, room int) part {
	list := slices.SortedStableFunc(slices.Values(pointers(o.Nodes)), func(a, b *ui.Node) int { return cmp.Compare(unwell(a), unwell(b)) })
	l := fit(nodeColumns(o.Now), nodeDropped, longestOf("node", list, nodeName), room-markWidth)
	p := part{title: t.look.paint(dim, blanks(markWidth)+l.titles("node")), least: 4, rank: 2}
	for _, n := range list {
		p.lines = append(p.lines, blanks(markWidth)+l.row(t.look, nodeName(n), n))
	}
	return p
}

func nodeName(n *ui.Node) string { return flat(cmp.Or(n.Name, n.ID)) }

func longestOf[T any](title string, list []T, name func(T) string) int {
	longest := len(title)
	for _, one := range list {
		longest = max(longest, width(name(one)))
	}
	return longest
}

func nodeColumns(now time.Time) []column[*ui.Node] {
	type node = *ui.Node
	text := func(of func(node) string) func(node) string {
		return func(n node) string { return flat(cmp.Or(of(n), "-")) }
	}
	return []column[node]{
		{title: "status", width: 15, left: true, value: text(nodeStatus), style: func(n node) style { return []style{red, yellow, plain}[unwell(n)] }},
		{title: "role", width: 6, left: true, value: text(func(n node) string { return n.Role })},
		{title: "workers", width: 7, value: func(n node) string { return fmt.Sprintf("%d/%d", n.Workers, n.Slots) }},
		{title: "since", width: 7, value: func(n node) string { return elapsed(max(now.Sub(n.Since).Seconds(), 0)) }},
		{title: "version", width: 10, left: true, value: text(func(n node) string { return n.Version })},
		{title: "address", width: 21, left: true, value: text(func(n node) string { return n.Address })},
		{title: "tags", width: 12, left: true, value: text(func(n node) string { return strings.Join(n.Tags, ",") })},
	}
}

var nodeDropped = []string{"tags", "address", "version", "since", "role", "workers", "status"}

func nodeStatus(n *ui.Node) string {
	if n.Draining {
		return n.Status + ", draining"
	}
	return n.Status
}
