package main

import (
	"slices"

	"github.com/gstorm/gstorm/bench/measure"
)

// figure is what is compared of two results.
type figure struct {
	name string
	of   func(r *measure.Result) float64
	less bool // the smaller, the better
}

var (
	throughput = figure{name: "sentences/s", of: func(r *measure.Result) float64 { return r.Sentences }}
	p50        = figure{name: "ms, p50", of: func(r *measure.Result) float64 { return r.P50 }, less: true}
	p99        = figure{name: "ms, p99", of: func(r *measure.Result) float64 { return r.P99 }, less: true}
	cores      = figure{name: "cores", of: func(r *measure.Result) float64 { return r.CPU + r.ChildCPU }, less: true}
	start      = figure{name: "ms", of: func(r *measure.Result) float64 { return r.Start }, less: true}
	memory     = figure{name: "MB", of: func(r *measure.Result) float64 { return r.RSS + r.ChildRSS }, less: true}
)

// row is one comparison, or one figure of ours alone.
type row struct {
	name   string // of what is ours
	versus string // of what is theirs
	figure figure
	ours   string   // a side
	theirs []string // sides, of which the best in each round counts
	// least is what the ratio has to be at least: ours to theirs, or theirs to ours where less is better. 0: nothing.
	least float64
	// most is what our figure may be at most. 0: anything.
	most float64
}

// title names the row.
func (r row) title() string {
	if r.versus == "" {
		return r.name
	}
	return r.name + " / " + r.versus
}

// alone is the row without what it is compared with.
func (r row) alone() row {
	return row{name: r.name, figure: r.figure, ours: r.ours, most: r.most}
}

// Sides that are in many rows.
const (
	ours1000    = "native, 1,000/s"
	default1000 = "Storm, all Java, 1,000/s"
	tuned1000   = "Storm, all Java, 1,000/s, tuned"
)

// javaTuned are Storm's settings, of which the best counts.
func javaTuned() []string {
	return []string{stormNative, "Storm, all Java, tuned", "Storm, all Java, tuned, two tasks each"}
}

// rows are all comparisons.
func rows() []row {
	return slices.Concat(libraryRows(), unmodifiedRows(), nativeRows(), rateRows())
}

// libraryRows are about components on gstorm's own libraries.
func libraryRows() []row {
	var split, java, whole []row
	for i, l := range languages {
		one, ours := l.name+" split, own library", l.own+" split"
		split = append(split, row{one, "Storm, " + l.storms, throughput, ours, []string{"Storm, " + l.storms + " split"}, []float64{60, 60, 7}[i], 0})
		java = append(java, row{one, "Storm, all in Java", throughput, ours, javaTuned(), []float64{0.6, 0.6, 1}[i], 0})
		all, allOurs := "all in "+l.name+", own library", "all in "+l.own
		if l.own == "py" {
			java = append(java, row{one, "Redpanda Connect, subprocess in Python", throughput, ours, []string{"Redpanda Connect"}, 0, 0})
			whole = append(whole, row{all, "bytewax, running count, not acked", throughput, allOurs, []string{"bytewax"}, 1, 0})
		}
		whole = append(whole, row{all, "Storm, " + l.storms + " spout and split", throughput, allOurs, []string{"Storm, " + l.storms + " spout and split"}, 20, 0})
	}
	const ruby200, storm200 = "rb split, 200/s", "Storm, storm.rb split, 200/s"
	rate := []row{
		{"Ruby split, own library, 200/s", "Storm, storm.rb", p50, ruby200, []string{storm200}, 5, 0},
		{"Ruby split, own library, 200/s", "Storm, storm.rb", p99, ruby200, []string{storm200}, 5, 0},
	}
	return slices.Concat(split, java, whole, rate)
}

// unmodifiedRows are about split bolts on Storm's libraries and pystorm.
func unmodifiedRows() []row {
	var all []row
	add := func(ours, versus, theirs string, least float64) {
		all = append(all, row{"unmodified " + ours, versus, throughput, ours, []string{theirs}, least, 0})
	}
	for _, library := range []string{"storm.rb", "storm.py"} {
		awaited, ahead := library+", ids awaited", library+", ids ahead"
		add(awaited, "bare pipe", "pipe, "+awaited, 0.9)
		add(awaited, "bare pipe that never sleeps", "pipe that never sleeps, "+awaited, 0)
		add(awaited, "Storm", "Storm, "+library+" split", 2)
		add(ahead, "bare pipe", "pipe, "+ahead, 0.9)
		add(ahead, "Storm", "Storm, "+library+" split", 5)
		add(library+" spout and split, ahead", "Storm", "Storm, "+library+" spout and split", 0)
	}
	for i, library := range []string{"storm.js", "pystorm"} {
		add(library, "bare pipe", "pipe, "+library, 0.9)
		add(library, "Storm", "Storm, "+library+" split", []float64{2.5, 1.7}[i])
	}
	return all
}

// nativeRows are about components in Go, as fast as they can.
func nativeRows() []row {
	return []row{
		{"native", "Storm, best tuning", throughput, "native", javaTuned(), 7, 0},
		{"native, not acked", "Storm, best tuning, not acked", throughput, "native, not acked",
			[]string{"Storm, all Java, not acked", "Storm, all Java, not acked, tuned"}, 1.5, 0},
		{"native", "native, not acked", throughput, "native", []string{"native, not acked"}, 0.6, 0},
		{"Go split, as a plugin", "in process", throughput, "go split", []string{"native"}, 0.5, 0},
		{"Go bolt that passes on 10 bytes, as a plugin, 10,000 pending", "in process", throughput, "go pass", []string{"native pass"}, 0.5, 0},
		{"all in Go, as plugins", "in process", throughput, "all in go", []string{"native"}, 0, 0},
		{"native", "Flink, exactly once, checkpoints each second", throughput, "native",
			[]string{"Flink, exactly once", "Flink, exactly once, two subtasks"}, 1, 0},
		{"native, start to the first ack", "Storm", start, "native", []string{stormNative}, 20, 0},
		{"native, memory under load", "Storm", memory, "native", []string{stormNative}, 10, 0},
	}
}

// rateRows are about components in Go at a rate that costs nobody much.
func rateRows() []row {
	const name = "native, 1,000/s"
	byDefault, tuned := []string{default1000}, []string{tuned1000}
	return []row{
		{name, "Storm, by default", p50, ours1000, byDefault, 10, 0},
		{name, "Storm, by default", p99, ours1000, byDefault, 10, 0},
		{name, "Storm, tuned for latency", p50, ours1000, tuned, 2, 0},
		{name, "Storm, tuned for latency", p99, ours1000, tuned, 2, 0},
		{name, "Flink, buffer timeout 0", p99, ours1000, []string{"Flink, 1,000/s"}, 1, 0},
		{name, "Storm, by default", cores, ours1000, byDefault, 4, 0},
		{name, "Storm, tuned for latency", cores, ours1000, tuned, 4, 0},
		{name, "", cores, ours1000, nil, 0, 0.15},
		{name + ", memory", "Storm, by default", memory, ours1000, byDefault, 10, 0},
	}
}
