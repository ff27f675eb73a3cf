package control

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// TestScripts plays a leader. The commands:
//
//	nodes NAME...        these are part of the cluster, with two slots each, and are heard of
//	lost NAME...         these are not heard of any more
//	back NAME...         these are again
//	submit NAME          input: the topology's configuration, and a line for each component: ID KIND TASKS [KEY=VALUE...]
//	apply                input: commands, as they are in the log
//	run                  every worker that is placed runs; "run none": none does
//	stop NAME/ID...      these workers don't run any more
//	rested NAME...       these topologies have nothing under way
//	time HH:MM:SS
//	decide               what is decided, until nothing more is; each decision is applied
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		w := &world{state: &fsm.State{}, control: New(), alive: map[string]bool{}, running: map[string]bool{}, rested: map[string]bool{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var names []string
			for _, a := range d.CmdArgs {
				names = append(names, a.Key)
			}
			switch d.Cmd {
			case "nodes":
				for _, name := range names {
					w.apply(t, &fsm.AddNode{Node: fsm.Node{ID: name, Slots: 2}})
					w.alive[name] = true
				}
			case "lost", "back":
				for _, name := range names {
					w.alive[name] = d.Cmd == "back"
				}
			case "submit":
				w.submit(t, names[0], d.Input)
			case "apply":
				for line := range strings.Lines(d.Input) {
					c, err := fsm.Decode([]byte(line))
					if err != nil {
						t.Fatal(err)
					}
					w.apply(t, c)
				}
			case "run":
				w.run(len(names) == 0)
			case "stop":
				for _, name := range names {
					delete(w.running, name)
				}
			case "rested":
				for _, name := range names {
					w.rested[name] = true
				}
			case "time":
				var err error
				if w.now, err = time.Parse(time.DateTime, "2026-01-01 "+names[0]); err != nil {
					t.Fatal(err)
				}
			case "decide":
				return w.decide(t)
			default:
				d.Fatalf(t, "no such command")
			}
			return ""
		})
	})
}

type world struct {
	state                  *fsm.State
	control                *Control
	now                    time.Time
	alive, running, rested map[string]bool
}

func (w *world) apply(t *testing.T, c fsm.Command) {
	t.Helper()
	if err := w.state.Apply(w.state.Revision+1, c); err != nil {
		t.Fatal(err)
	}
}

// submit makes a description: each component takes from the one before.
func (w *world) submit(t *testing.T, name, text string) {
	config, rest, _ := strings.Cut(text, "\n")
	var components []map[string]any
	for line := range strings.Lines(rest) {
		words := strings.Fields(line)
		c := map[string]any{"id": words[0], "kind": words[1], "parallelism": json.Number(words[2]), "run": map[string]any{"type": "file"}}
		if len(components) > 0 {
			c["inputs"] = []map[string]any{{"from": components[len(components)-1]["id"], "grouping": "shuffle"}}
		}
		c["outputs"] = map[string]any{"default": map[string]any{"fields": []string{"x"}}}
		settings := map[string]any{}
		for _, word := range words[3:] {
			key, value, _ := strings.Cut(word, "=")
			var v any
			if err := json.Unmarshal([]byte(value), &v); err != nil {
				t.Fatal(err)
			}
			settings[key] = v
		}
		c["config"] = settings
		components = append(components, c)
	}
	description, err := json.Marshal(map[string]any{"gstorm": 1, "name": name, "file": "t.rb", "config": json.RawMessage(config), "components": components})
	if err != nil {
		t.Fatal(err)
	}
	w.apply(t, &fsm.Submit{Name: name, Status: fsm.Active, Source: fsm.Source{Description: description}})
}

func key(topology string, worker int) string { return fmt.Sprintf("%s/%d", topology, worker) }

func (w *world) run(all bool) {
	clear(w.running)
	if !all {
		return
	}
	for _, t := range w.state.Topologies {
		for _, worker := range t.Placement.Workers {
			w.running[key(t.ID, worker.ID)] = true
		}
	}
}

func (w *world) decide(t *testing.T) string {
	var out strings.Builder
	for range 10 {
		before := w.state.Clone()
		d := w.control.Decide(View{
			State: before, Now: w.now,
			Alive:   func(node string) bool { return w.alive[node] },
			Running: func(topology string, worker int) bool { return w.running[key(topology, worker)] },
			Rested:  func(topology string) bool { return w.rested[topology] },
		})
		for _, c := range d.Commands {
			switch c := c.(type) {
			case *fsm.Place:
				fmt.Fprintf(&out, "place %s", c.Name)
				for _, worker := range c.Workers {
					fmt.Fprintf(&out, ", %d on %s: %s", worker.ID, worker.Node, strings.Trim(fmt.Sprint(worker.Tasks), "[]"))
				}
				if len(c.Workers) == 0 {
					out.WriteString(" nowhere")
				}
				out.WriteString("\n")
			case *fsm.Remove:
				fmt.Fprintf(&out, "remove %s\n", c.ID)
			}
			w.apply(t, c)
		}
		if len(d.Commands) > 0 {
			continue
		}
		var names []string
		for name := range d.Problems {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&out, "! %s: %s\n", name, strings.Join(d.Problems[name], "; "))
		}
		if out.Len() == 0 {
			return "nothing\n"
		}
		return out.String()
	}
	t.Fatal("it decides for ever")
	return ""
}
