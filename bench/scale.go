package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/gstorm/gstorm/bench/measure"
)

// series is how a cost grows with one thing: a table, with a line for each of its sides.
type series struct {
	title  string
	grows  string // what is different from line to line
	points []point
	trees  bool // the memory of pending trees has been measured
}

type point struct {
	label string
	side  side
}

// scaling are the series. All components are in Go, so that the cost is the host's, but where it says otherwise.
func scaling() []series {
	tasks := series{title: "Word count, tasks of split and of count", grows: "tasks"}
	for n := 1; n <= 256; n *= 2 {
		tasks.add(n, nil, "-splits", strconv.Itoa(n), "-counts", strconv.Itoa(n))
	}
	chains := series{title: "A chain of bolts", grows: "bolts"}
	fans := series{title: "A fan: every bolt gets every sentence", grows: "bolts"}
	for _, n := range []int{2, 5, 10, 20, 50, 100} {
		chains.add(n, nil, "-shape", "chain", "-length", strconv.Itoa(n))
		fans.add(n, nil, "-shape", "fan", "-length", strconv.Itoa(n))
	}
	sizes := series{title: "Size of a sentence, one bolt", grows: "bytes"}
	children := series{title: "Size of a sentence, one bolt in Python that hands it on", grows: "bytes"}
	for n := 10; n <= 1_000_000; n *= 10 {
		sizes.add(n, nil, "-shape", "chain", "-size", strconv.Itoa(n))
		children.add(n, needed["py"], "-shape", "chain", "-size", strconv.Itoa(n), "-split", "py", "-set", "topology.max.spout.pending=100")
	}
	pending := series{title: "Pending trees, one bolt", grows: "trees", trees: true}
	for n := 1; n <= 1_000_000; n *= 10 {
		arguments := []string{"-shape", "chain", "-set", fmt.Sprintf("topology.max.spout.pending=%d", n),
			"-set", fmt.Sprintf("topology.executor.receive.buffer.size=%d", n+1)}
		if n >= 1000 { // of fewer it would be the memory of everything else
			arguments = append(arguments, "-hold")
		}
		pending.add(n, nil, arguments...)
	}
	return []series{tasks, chains, fans, sizes, children, pending}
}

func (s *series) add(n int, needs []string, arguments ...string) {
	label := number(float64(n))
	s.points = append(s.points, point{label, load(s.title+", "+label+" "+s.grows, needs, arguments...)})
}

// writeScaling prints the series as Markdown, with the medians of the rounds.
func writeScaling(w io.Writer, r *report, all []series) error {
	p := &printer{w: w}
	r.heading(p)
	for _, s := range all {
		p.line("")
		p.line("**%s**", s.title)
		p.line("")
		trees, rule := "", ""
		if s.trees {
			trees, rule = " bytes a tree |", "---|"
		}
		p.line("| %s | sentences/s | tuples/s | host CPU, us a tuple | host, cores | components, cores | host, MB |%s", s.grows, trees)
		p.line("|---|---|---|---|---|---|---|%s", rule)
		for _, point := range s.points {
			get := func(of func(*measure.Result) float64) string {
				switch m := r.median(point.side.name, of); {
				case m == nil:
					return "failed"
				case m.Median == 0:
					return ""
				default:
					return number(m.Median)
				}
			}
			if s.trees {
				trees = " " + get(func(r *measure.Result) float64 { return r.TreeBytes }) + " |"
			}
			p.line("| %s | %s | %s | %s | %s | %s | %s |%s", point.label,
				get(func(r *measure.Result) float64 { return r.Sentences }),
				get(func(r *measure.Result) float64 { return r.Tuples }),
				get(func(r *measure.Result) float64 { return r.CPU / r.Tuples * 1e6 }),
				get(func(r *measure.Result) float64 { return r.CPU }),
				get(func(r *measure.Result) float64 { return r.ChildCPU }),
				get(func(r *measure.Result) float64 { return r.RSS }), trees)
		}
	}
	r.footing(p)
	return p.err
}

// median is a figure of a side in all rounds; nil: it has none.
func (r *report) median(side string, of func(*measure.Result) float64) *spread {
	var values []float64
	for _, round := range r.Rounds {
		if result := round.Results[side]; result != nil && result.Error == "" {
			values = append(values, of(result))
		}
	}
	return spreadOf(values)
}
