package clustertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// sources are what topologies run: a spout and some bolts, each taking from the one before. Those whose bundle is named so
// come to their end by themselves.
var sources = func() (list []fsm.Source) {
	for i, tasks := range [][]int{{1}, {1, 1}, {2, 3}, {1, 2, 1}, {3, 4, 2, 1}, {2, 2, 2}} {
		for _, end := range []string{"endless", "finite"} {
			var components []map[string]any
			for k, n := range tasks {
				c := map[string]any{
					"id": fmt.Sprint("c", k), "kind": "spout", "parallelism": n, "run": map[string]any{"type": "file"},
					"outputs": map[string]any{"default": map[string]any{"fields": []string{"x"}}},
				}
				if k > 0 {
					c["kind"] = "bolt"
					c["inputs"] = []map[string]any{{"from": fmt.Sprint("c", k-1), "grouping": "shuffle"}}
				}
				components = append(components, c)
			}
			text, err := json.Marshal(map[string]any{
				"gstorm": 1, "name": "t", "file": "t.rb", "config": map[string]any{"topology.workers": 1 + i%4}, "components": components,
			})
			if err != nil {
				panic(err)
			}
			list = append(list, fsm.Source{Bundle: fmt.Sprintf("%d-%s", len(tasks), end), Description: text})
		}
	}
	return list
}()

func finite(t *fsm.Topology) bool { return strings.HasSuffix(t.Source.Bundle, "finite") }

func stagesOf(t *fsm.Topology) int { return int(t.Source.Bundle[0] - '0') }

// shortly is a command without what is the same all the time.
func shortly(text []byte) string {
	s := string(text)
	if i := strings.Index(s, `"description":`); i >= 0 {
		s = s[:i] + "..."
	}
	return s
}

// want has users want something, again and again.
func (w *world) want() {
	if w.healing {
		return
	}
	w.request(w.wish())
	w.after(w.between(0, 2*w.requests), w.want)
}

// request brings a command to somebody who believes that it leads, if there is one. Whether it has come about the user does
// not always hear.
func (w *world) request(c fsm.Command) {
	var leaders []*agent
	for _, m := range w.machines {
		if m.agent != nil && m.agent.desk != nil {
			leaders = append(leaders, m.agent)
		}
	}
	if len(leaders) == 0 {
		return
	}
	a := pick(w, leaders)
	a.do(func() {
		if a.desk != nil {
			a.propose(c, false, func(known bool, err error) {
				if known && err == nil {
					w.truth.promised++
				}
			})
		}
	})
}

// wish is something that a user may want.
func (w *world) wish() fsm.Command {
	name := pick(w, []string{"t", "u", "v"})
	until := base.Add(w.now + w.between(0, 8*time.Second))
	status := pick(w, []fsm.Status{fsm.Active, fsm.Active, fsm.Active, fsm.Inactive})
	node := pick(w, w.machines).id
	switch w.IntN(20) {
	case 0, 1:
		return &fsm.Kill{Name: name, Until: until}
	case 2, 3:
		return &fsm.SetStatus{Name: name, Status: status}
	case 4, 5, 6:
		return &fsm.Rebalance{Name: name, Workers: 1 + w.IntN(4), Until: until}
	case 7, 8:
		return &fsm.Rebalance{Name: name, Workers: w.IntN(4), Parallelism: map[string]int{"c0": 1 + w.IntN(3)}, Until: until}
	case 9, 10:
		return &fsm.Upgrade{Name: name, Source: pick(w, sources), Until: until}
	case 11:
		return &fsm.Rollback{Name: name, Until: until}
	case 12, 13:
		return &fsm.DrainNode{ID: node, Draining: true}
	case 14:
		return &fsm.DrainNode{ID: node}
	case 15:
		return &fsm.RemoveNode{ID: node}
	}
	return &fsm.Submit{Name: name, Source: pick(w, sources), At: base.Add(w.now), Status: status}
}
