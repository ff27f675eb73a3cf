package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestScripts plays what happens to a cluster. The commands, of which each keeps what the ones before have left:
//
//	nodes       input: a line for each node that is there now: ID slots=N [cpu=N] [memory=N] [tags=A+B] [draining]
//	topologies  input: a line for each: NAME [workers=N] [priority=N] [apart=N] [again] [whole] COMPONENT=TASKS[:cpu=N][:memory=N][:tags=A+B] ...
//	            again: where it was is forgotten
//	place       decides, and prints for each topology its workers with their tasks, a component and how many each; tasks that
//	            are elsewhere than before are counted at the end of the line
//	gone        the nodes that are named are no more
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		w := &world{placed: map[string]Result{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "nodes":
				w.nodes = nil
				for line := range strings.Lines(d.Input) {
					w.nodes = append(w.nodes, readNode(t, strings.Fields(line)))
				}
			case "gone":
				w.nodes = slices.DeleteFunc(w.nodes, func(n Node) bool {
					return slices.ContainsFunc(d.CmdArgs, func(a datadriven.CmdArg) bool { return a.Key == n.ID })
				})
			case "topologies":
				w.topologies = nil
				for line := range strings.Lines(d.Input) {
					w.add(t, strings.Fields(line))
				}
			case "place":
				return w.place()
			default:
				d.Fatalf(t, "no such command")
			}
			return ""
		})
	})
}

type world struct {
	nodes      []Node
	topologies []Topology
	placed     map[string]Result
}

func readNode(t *testing.T, words []string) Node {
	n := Node{ID: words[0]}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "slots":
			n.Slots = int(readNumber(t, value))
		case "cpu":
			n.CPU = readNumber(t, value)
		case "memory":
			n.Memory = readNumber(t, value)
		case "tags":
			n.Tags = strings.Split(value, "+")
		case "draining":
			n.Draining = true
		default:
			t.Fatalf("a node has no %s", word)
		}
	}
	return n
}

func readNumber(t *testing.T, text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) add(t *testing.T, words []string) {
	top := Topology{Name: words[0], Workers: 1}
	tasks, again := 0, false
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "workers":
			top.Workers = int(readNumber(t, value))
		case "priority":
			top.Priority = int(readNumber(t, value))
		case "apart":
			top.Apart = int(readNumber(t, value))
		case "again":
			again = true
		case "whole":
			top.Whole = true
		default:
			c := Component{ID: key}
			parts := strings.Split(value, ":")
			for range int(readNumber(t, parts[0])) {
				tasks++
				c.Tasks = append(c.Tasks, tasks)
			}
			for _, part := range parts[1:] {
				switch key, value, _ := strings.Cut(part, "="); key {
				case "cpu":
					c.CPU = readNumber(t, value)
				case "memory":
					c.Memory = readNumber(t, value)
				case "tags":
					c.Tags = strings.Split(value, "+")
				default:
					t.Fatalf("a component has no %s", part)
				}
			}
			top.Components = append(top.Components, c)
		}
	}
	if before, ok := w.placed[top.Name]; ok && !again {
		top.Placement = before.Workers
	}
	top.NextWorker = max(w.placed[top.Name].NextWorker, 1)
	w.topologies = append(w.topologies, top)
}

func (w *world) place() string {
	var out strings.Builder
	for i, r := range Place(w.nodes, w.topologies) {
		t := &w.topologies[i]
		fmt.Fprintf(&out, "%s: %s\n", r.Topology, counts(t, r.Unplaced, "all placed", " have no place"))
		before := map[int]int{}
		for _, worker := range t.Placement {
			for _, task := range worker.Tasks {
				before[task] = worker.ID
			}
		}
		for _, worker := range r.Workers {
			moved := 0
			for _, task := range worker.Tasks {
				if was, ok := before[task]; ok && was != worker.ID {
					moved++
				}
			}
			fmt.Fprintf(&out, "  %d on %s: %s", worker.ID, worker.Node, counts(t, worker.Tasks, "nothing", ""))
			if moved > 0 {
				fmt.Fprintf(&out, " (%d from elsewhere)", moved)
			}
			out.WriteString("\n")
		}
		for _, problem := range r.Problems {
			fmt.Fprintf(&out, "  ! %s\n", problem)
		}
		t.Placement, t.NextWorker = r.Workers, r.NextWorker
		w.placed[r.Topology] = r
	}
	return out.String()
}

// counts names the components of tasks, with how many there are.
func counts(t *Topology, tasks []int, none, suffix string) string {
	var parts []string
	for _, c := range t.Components {
		n := 0
		for _, task := range c.Tasks {
			if slices.Contains(tasks, task) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.ID, n))
		}
	}
	if len(parts) == 0 {
		return none
	}
	return strings.Join(parts, ", ") + suffix
}
