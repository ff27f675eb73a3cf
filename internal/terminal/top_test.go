package terminal

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui"
)

// noon is when the documents were made.
var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

func everything() *ui.Overview {
	latency := stats.Latency{Count: 9, Mean: 15, P50: 12.7, P99: 48.3, Max: 90}
	return &ui.Overview{
		Kind: ui.ClusterKind, Cluster: "harbour", Version: "1.2.3", Now: noon,
		Health: []ui.Health{
			{Severity: ui.Bad, Message: "n3 does not answer", Advice: "look whether its machine and its agent run", Node: "n3"},
			{Severity: ui.Bad, Message: "split is at 0.98 of its capacity", Advice: "try 6 tasks", Topology: "word_count", Component: "split"},
			{Severity: ui.Warn, Message: "0.2 % of the trees of lines fail, 2.4 a second", Advice: "see its errors, and the logs of the time", Topology: "word_count", Component: "lines"},
		},
		Nodes: []ui.Node{
			{ID: "a1", Name: "n1", Address: "10.0.0.1:7760", Status: "alive", Since: noon.Add(-50 * time.Hour), Version: "1.2.3", Role: "leader", Slots: 4, Workers: 2},
			{ID: "a2", Name: "n2", Address: "10.0.0.2:7760", Status: "alive", Since: noon.Add(-4 * time.Minute), Version: "1.2.3", Role: "voter", Slots: 4, Workers: 1, Tags: []string{"gpu", "ssd"}, Draining: true},
			{ID: "a3", Name: "n3", Address: "10.0.0.3:7760", Status: "failed", Since: noon.Add(-9 * time.Second), Version: "1.2.3", Role: "voter", Slots: 4},
		},
		Topologies: []ui.TopologyEntry{
			{Name: "clicks", ID: "clicks-1", Status: ui.Inactive, State: "inactive", Version: 1, Uptime: 7440, Workers: 1, Running: 1, Tasks: 3, Components: 2},
			{Name: "word_count", ID: "word_count-2", Status: ui.Active, State: "running", Version: 3, Uptime: 245, Workers: 2, Running: 2, Tasks: 17, Components: 4, Pending: 1024,
				Rates: ui.TopologyRates{Rates: ui.Rates{Emitted: 9875.2, Acked: 1203.4, Failed: 2.4}, SpoutEmitted: 1206.1}, Latency: latency, Capacity: 0.98, Problems: []string{"worker 2 waits for a place"}},
		},
	}
}

func wordCountView() *ui.TopologyView {
	v := &ui.TopologyView{
		Name: "word_count", ID: "word_count-2", Kind: ui.ClusterKind, Now: noon, Status: ui.Active, State: "running", Version: 3, Uptime: 245, Pending: 1024,
		Rates: ui.TopologyRates{Rates: ui.Rates{Emitted: 9875.2, Acked: 1203.4, Failed: 2.4}, SpoutEmitted: 1206.1}, Latency: stats.Latency{Count: 9, Mean: 15, P50: 12.7, P99: 48.3, Max: 90}, Bottleneck: "split",
		Advice: []ui.Advice{
			{Severity: ui.Bad, Component: "split", Message: "split is at 0.98 of its capacity", Advice: "try 6 tasks"},
			{Severity: ui.Info, Component: "lines", Message: "lines is held back 61 % of the time", Advice: "it waits for split"},
		},
		Workers: []ui.Worker{{ID: 1, Running: true}, {ID: 2}},
		Errors: []stats.ComponentError{
			{Component: "count", Task: 9, Time: noon.Add(-time.Hour), Message: "the first", Count: 1},
			{Component: "split", Task: 4, Time: noon.Add(-12300 * time.Millisecond), Message: "words.rb:12: no such word: \x1b[31mred\nfrom words.rb:3", File: "words.rb", Line: 12, Count: 3},
		},
	}
	for i, c := range wordCount().Components {
		n := float64(i + 1)
		v.Components = append(v.Components, ui.ComponentView{
			ID: c.ID, Kind: c.Kind, Tasks: c.Tasks, Rates: ui.Rates{Emitted: 1000 * n, Executed: 1200 * n, Acked: 1190 * n, Failed: float64(c.Failed)}, Capacity: []float64{0.3, 0.98, 0.72, 0}[i],
			Held: []float64{0.61, 0, 0, 0}[i], Queue: c.Queue, Latency: c.Latency, CPU: n / 3, Memory: uint64(c.Tasks) * 15_300_000, Restarts: c.Restarts, Errors: c.Errors,
		})
	}
	return v
}

func splitDetail() *ui.ComponentDetail {
	v := &ui.ComponentDetail{ComponentView: wordCountView().Components[1], Parallel: 2, ErrorSum: 3, AllErrors: wordCountView().Errors[1:]}
	v.Command, v.Parts = "words.rb Split", parts(1.25, 0.07, 0.23)
	v.Inputs = []ui.InputView{{Source: "lines", Stream: "default", Grouping: "shuffle", Rate: 1203, Failed: 3}}
	v.Outputs = []ui.OutputView{{Stream: "default", Fields: []string{"word"}, Rate: 9875, To: []string{"count"}}}
	for id, node := range map[int]string{3: "n1", 4: "n2"} {
		v.TaskViews = append(v.TaskViews, ui.TaskView{Task: stats.Task{ID: id, Component: "split", Kind: "bolt", Node: node, PID: 4000 + id, State: "running", Queue: 200, Memory: 15_300_000,
			Latency: stats.Latency{Count: 1, P50: 0.3, P99: 2.75}}, Rates: ui.Rates{Executed: 600 + float64(id)}, Capacity: 0.2 * float64(id), CPU: 0.3})
	}
	if v.TaskViews[0].ID > v.TaskViews[1].ID {
		v.TaskViews[0], v.TaskViews[1] = v.TaskViews[1], v.TaskViews[0]
	}
	return v
}

var sizes = [][2]int{{130, 36}, {80, 24}, {40, 24}, {80, 10}}

func drawnAt(at Place, document any) string {
	var b strings.Builder
	for _, size := range sizes {
		t := NewTop(at, false)
		t.Take(at, document, nil)
		fmt.Fprintf(&b, "%d columns, %d lines\n", size[0], size[1])
		for _, line := range t.draw(size[0], size[1]) {
			b.WriteString("|" + line + "\n")
		}
	}
	return b.String()
}

func TestTopShowsACluster(t *testing.T) {
	golden(t, "top_cluster", drawnAt(Place{}, everything()))
}

func TestTopShowsATopology(t *testing.T) {
	golden(t, "top_topology", drawnAt(Place{Topology: "word_count"}, wordCountView()))
}

func TestTopShowsAComponent(t *testing.T) {
	golden(t, "top_component", drawnAt(Place{"word_count", "split"}, splitDetail()))
}

func TestTopIsPrintedOnce(t *testing.T) {
	var b strings.Builder
	for _, one := range []struct {
		at       Place
		document any
	}{{Place{}, everything()}, {Place{}, &ui.Overview{Kind: ui.RunKind, Cluster: "here", Version: "1.2.3"}}, {Place{Topology: "word_count"}, wordCountView()}} {
		if err := WriteTop(&b, one.at, one.document, SummaryStyle{}); err != nil {
			t.Fatal(err)
		}
		b.WriteString("-----\n")
	}
	golden(t, "top_once", b.String())
}

func TestTopSaysWhatIsNotUpToDate(t *testing.T) {
	at := Place{Topology: "word_count"}
	top := NewTop(at, false)
	top.Take(at, wordCountView(), nil)
	top.Take(at, nil, errors.New("no agent\x1b[2J answers"))
	if text := strings.Join(top.draw(80, 24), "\n"); !strings.Contains(text, `not up to date: no agent\x1b[2J answers`) || !strings.Contains(text, ">  lines") {
		t.Error(text)
	}
	top.Take(Place{}, everything(), nil) // too late: nobody is there any more
	top.Take(at, wordCountView(), nil)
	if text := strings.Join(top.draw(80, 24), "\n"); strings.Contains(text, "not up to date") || !strings.Contains(text, ">  lines") {
		t.Error(text)
	}
}

// typed has somebody type.
func typed(t *testing.T, top *Top, sent string) (end bool) {
	t.Helper()
	top.draw(80, 24)
	keys, rest := allKeys(sent, true)
	if rest != "" {
		t.Fatalf("%q is left of %q", rest, sent)
	}
	for _, k := range keys {
		end = top.press(k)
		top.draw(80, 24)
	}
	return end
}

// chosenLine is the line that the cursor is at.
func chosenLine(top *Top) string {
	for _, line := range top.draw(80, 24) {
		if strings.HasPrefix(line, ">") {
			return strings.TrimLeft(line[1:], "! ")
		}
	}
	return ""
}

func TestTopIsWalkedThroughByKeys(t *testing.T) {
	top := NewTop(Place{}, false)
	documents := map[int]any{0: everything(), 1: wordCountView(), 2: splitDetail()}
	for _, step := range []struct {
		what, sent string
		at         Place
		chosen     string
	}{
		{"the first", "", Place{}, "clicks"},
		{"not above it", "k\x1b[A", Place{}, "clicks"},
		{"down", "j", Place{}, "word_count"},
		{"not below the last", "\x1b[B\x1bOB", Place{}, "word_count"},
		{"in", "\r", Place{Topology: "word_count"}, "lines"},
		{"down", "jj", Place{Topology: "word_count"}, "count"},
		{"sorted by how busy they are", "s", Place{Topology: "word_count"}, "count"},
		{"the busiest is the first", "g", Place{Topology: "word_count"}, "split"},
		{"a page", "\x1b[6~", Place{Topology: "word_count"}, "notify"},
		{"up", "kkk", Place{Topology: "word_count"}, "split"},
		{"in", "\x1b[C", Place{"word_count", "split"}, "3"},
		{"no deeper", "G\r", Place{"word_count", "split"}, "4"},
		{"back to where one was", "\x1b", Place{Topology: "word_count"}, "split"},
		{"back", "\x7f", Place{}, "word_count"},
		{"no further back", "\x1b[D", Place{}, "word_count"},
		{"other keys do nothing", "xä\x1b[15~\x1b[1;5A", Place{}, "word_count"},
	} {
		if end := typed(t, top, step.sent); end {
			t.Fatalf("%s: it ends", step.what)
		}
		top.Take(top.Place(), documents[top.Place().depth()], nil)
		if line := chosenLine(top); top.Place() != step.at || !strings.HasPrefix(line, step.chosen) {
			t.Fatalf("%s: at %+v, line %q", step.what, top.Place(), line)
		}
	}
	for _, sent := range []string{"q", "\x03", "?q"} {
		if !typed(t, top, sent) {
			t.Errorf("%q is no end", sent)
		}
	}
}

func TestTopPausesAndHelps(t *testing.T) {
	top := NewTop(Place{}, false)
	top.Take(Place{}, everything(), nil)
	typed(t, top, "p")
	if lines := top.draw(80, 24); !top.paused || !strings.HasPrefix(lines[23], "paused") {
		t.Errorf("%q", lines)
	}
	typed(t, top, "p?")
	if lines := top.draw(80, 24); top.paused || lines[0] != "gstorm top: keys" || len(lines) != 24 {
		t.Errorf("%q", lines)
	}
	typed(t, top, "\x1b")
	if lines := top.draw(80, 24); !strings.HasPrefix(lines[0], "harbour") || top.Place() != (Place{}) {
		t.Errorf("%q", lines)
	}
}

func TestAKeyThatComesInPieces(t *testing.T) {
	keys, rest := allKeys("j\x1b", false)
	if len(keys) != 1 || rest != "\x1b" {
		t.Fatalf("%v, %q", keys, rest)
	}
	keys, rest = allKeys(rest+"[", false)
	if len(keys) != 0 || rest != "\x1b[" {
		t.Fatalf("%v, %q", keys, rest)
	}
	if keys, rest = allKeys(rest+"A", false); len(keys) != 1 || keys[0] != keyUp || rest != "" {
		t.Fatalf("%v, %q", keys, rest)
	}
}

func parts(queue, pipe, child float64) *ui.LatencyParts {
	return &ui.LatencyParts{Queue: &queue, Pipe: &pipe, Child: &child}
}

func TestTopNeverExceedsTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, n, f := rapid.String(), rapid.Uint64(), rapid.Float64Range(0, 1e12)
		rates := func() ui.Rates {
			return ui.Rates{Emitted: f.Draw(t, "emitted"), Executed: f.Draw(t, "executed"), Acked: f.Draw(t, "acked"), Failed: f.Draw(t, "failed")}
		}
		sums := func() ui.TopologyRates { return ui.TopologyRates{Rates: rates(), SpoutEmitted: f.Draw(t, "in")} }
		latency := stats.Latency{Count: 1, P50: f.Draw(t, "p50"), P99: f.Draw(t, "p99")}
		o, v, d := everything(), wordCountView(), splitDetail()
		o.Cluster, o.Nodes[0].Name, o.Nodes[1].Status, o.Nodes[2].Tags, o.Health[0].Message = name.Draw(t, "cluster"), name.Draw(t, "node"), name.Draw(t, "status"), []string{name.Draw(t, "tag")}, name.Draw(t, "message")
		e := &o.Topologies[1]
		e.Name, e.State, e.Rates, e.Latency, e.Pending, e.Uptime, e.Workers = name.Draw(t, "topology"), name.Draw(t, "state"), sums(), latency, n.Draw(t, "pending"), f.Draw(t, "uptime")/1e4, 1000
		v.Name, v.State, v.Rates, v.Pending, v.Bottleneck = name.Draw(t, "topology"), name.Draw(t, "state"), sums(), n.Draw(t, "pending"), v.Components[0].ID
		c := &v.Components[1]
		c.ID, c.Rates, c.Latency, c.Queue, c.Restarts, c.Memory, c.CPU = name.Draw(t, "component"), rates(), latency, n.Draw(t, "queue"), n.Draw(t, "restarts"), n.Draw(t, "memory"), f.Draw(t, "cpu")
		v.Errors[1].Message, v.Errors[1].Component, v.Advice[0].Message = name.Draw(t, "error"), name.Draw(t, "of"), name.Draw(t, "advice")
		d.ID, d.TaskViews[0].Node, d.TaskViews[0].Rates, d.Parts, d.AllErrors[0].Message, d.Inputs[0].Source, d.Outputs[0].To = c.ID, name.Draw(t, "node"), rates(), parts(f.Draw(t, "queued"), f.Draw(t, "pipe"), f.Draw(t, "child")), name.Draw(t, "error"), name.Draw(t, "source"), []string{name.Draw(t, "to")}
		columns, lines := rapid.IntRange(0, 160).Draw(t, "columns"), rapid.IntRange(0, 50).Draw(t, "lines")
		for at, document := range map[Place]any{{}: o, {Topology: "t"}: v, {"t", "c"}: d} {
			top := NewTop(at, rapid.Bool().Draw(t, "colour"))
			top.Take(at, document, nil)
			if rapid.Bool().Draw(t, "failed") {
				top.Take(at, nil, errors.New(name.Draw(t, "failure")))
			}
			drawn := top.draw(columns, lines)
			if lines > 0 && len(drawn) > lines {
				t.Fatalf("%d lines on a terminal of %d", len(drawn), lines)
			}
			for _, line := range drawn {
				bare := withoutColour(line)
				if lines > 0 && width(bare) >= columns || escape(bare, false) != bare || strings.Contains(bare, "\t") {
					t.Fatalf("on a terminal of %d columns: %q", columns, line)
				}
			}
		}
	})
}

func TestTopPaintsWhatIsWrong(t *testing.T) {
	top := NewTop(Place{Topology: "word_count"}, true)
	top.Take(top.Place(), wordCountView(), nil)
	text := strings.Join(top.draw(130, 30), "\n")
	for _, want := range []string{"\x1b[31mbad   split", "\x1b[33m ! \x1b[msplit", "\x1b[31m 98%\x1b[m", "\x1b[1m>  \x1b[mlines"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	v := wordCountView()
	v.Components[0].Capacity = 1
	top.Take(top.Place(), v, nil)
	if text := strings.Join(top.draw(130, 30), "\n"); !strings.Contains(text, "  100%") {
		t.Errorf("a spout that waits for its source is painted as if it needed attention: %q", text)
	}
	if line := chosenLine(&Top{place: top.place, document: v, sorted: [3]int{0, 1, 0}}); !strings.HasPrefix(line, "split") {
		t.Errorf("the busiest is %q", line)
	}
}
