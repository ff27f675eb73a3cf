package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/gstorm/gstorm/ui"
)

// What a document of each kind has to say.
var (
	topologyKinds  = []string{everyKind[0], everyKind[1], everyKind[2], "edge executed"}
	componentKinds = []string{everyKind[2], everyKind[3], everyKind[4], everyKind[5]}
	plain          = " emitted transferred executed acked failed"
)

// documentAccounts are what all documents at an address say of a topology.
func documentAccounts(t *testing.T, page, topology string) []account {
	t.Helper()
	var v, live ui.TopologyView
	path := page + "v1/topologies/" + topology
	get(t, path+"/view", &v)
	liveDocument(t, page+"v1/live?topology="+topology, &live)
	var details, lively []*ui.ComponentDetail
	storm := figures{}
	for i := range v.Components {
		id := v.Components[i].ID
		var d, l ui.ComponentDetail
		get(t, path+"/components/"+id+"/view", &d)
		liveDocument(t, page+"v1/live?topology="+topology+"&component="+id, &l)
		details, lively = append(details, &d), append(lively, &l)
		storm.stormComponent(t, page+"api/v1/topology/"+topology+"/component/"+id)
	}
	stormTopology, stormMetrics := figures{}, figures{}
	stormTopology.stormTopology(t, page+"api/v1/topology/"+topology)
	stormMetrics.stormMetrics(t, page+"api/v1/topology/"+topology+"/metrics")
	return []account{
		{page + " view", viewFigures(t, &v), topologyKinds},
		{page + " live", viewFigures(t, &live), topologyKinds},
		{page + " views of components", detailFigures(t, details), componentKinds},
		{page + " components live", detailFigures(t, lively), componentKinds},
		{page + " Storm's topology", stormTopology, []string{"topology emitted transferred acked failed", "component" + plain}},
		{page + " Storm's components", storm, []string{"component" + plain, "task" + plain, everyKind[4], everyKind[5]}},
		{page + " Storm's metrics", stormMetrics, []string{everyKind[4], everyKind[5]}},
	}
}

// liveDocument is the first of those that come again and again.
func liveDocument(t *testing.T, url string, v any) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewReader(response.Body)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if text, is := strings.CutPrefix(line, "data: "); is {
			if err := json.Unmarshal([]byte(text), v); err != nil {
				t.Fatalf("%s: %v", url, err)
			}
			return
		}
	}
}

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// windowsAgree: a run that is younger than all windows has the same in all.
func windowsAgree(t *testing.T, of string, list []ui.Window) {
	t.Helper()
	for i := range list {
		if list[i].Totals != list[len(list)-1].Totals {
			t.Errorf("the windows of %s differ: %+v", of, list)
		}
	}
}

func viewFigures(t *testing.T, v *ui.TopologyView) figures {
	t.Helper()
	f := figures{}
	f.totals("topology", "", v.Windows[len(v.Windows)-1].Totals)
	windowsAgree(t, v.Name, v.Windows)
	f.trees(&v.Trees)
	for i := range v.Components {
		f.component(t, &v.Components[i])
	}
	for _, e := range v.Edges {
		f[figure{"edge", e.To + " from " + e.From + "/" + e.Stream, "executed"}] = e.Executed
	}
	return f
}

func (f figures) component(t *testing.T, c *ui.ComponentView) {
	t.Helper()
	f.totals("component", c.ID, c.Totals)
	f.troubles("component", c.ID, c.Restarts, c.Errors)
	windowsAgree(t, c.ID, c.Windows)
	if all := c.Windows[len(c.Windows)-1]; all.Totals != c.Totals {
		t.Errorf("the windows of %s differ from its totals %+v: %+v", c.ID, c.Totals, all)
	}
}

func detailFigures(t *testing.T, list []*ui.ComponentDetail) figures {
	t.Helper()
	f := figures{}
	for _, d := range list {
		f.component(t, &d.ComponentView)
		f.troubles("component", d.ID, d.Restarts, d.ErrorSum)
		for i := range d.TaskViews {
			f.task(&d.TaskViews[i].Task)
		}
		for _, in := range d.Inputs {
			f.edge(d.ID, in.Source, in.Stream, in.Executed, in.Acked, in.Failed)
		}
		for _, out := range d.Outputs {
			f.stream(d.ID, out.Stream, out.Emitted, out.Transferred)
		}
	}
	return f
}

// stormCounts are the counts in an object of Storm's REST.
type stormCounts struct {
	Window, SpoutID, BoltID, ID, Component, Stream string
	Emitted, Transferred, Executed, Acked, Failed  uint64
}

func (f figures) stormCounts(kind, of string, c *stormCounts) {
	f.counts(kind, of, c.Emitted, c.Transferred, c.Executed, c.Acked, c.Failed)
}

func (f figures) stormTopology(t *testing.T, url string) {
	t.Helper()
	var doc struct {
		TopologyStats, Spouts, Bolts []stormCounts
	}
	get(t, url, &doc)
	for _, c := range doc.TopologyStats {
		if c.Window == ":all-time" {
			f.stormCounts("topology", "", &c)
			delete(f, figure{"topology", "", "executed"}) // which Storm does not tell
		}
	}
	for _, c := range append(doc.Spouts, doc.Bolts...) {
		f.stormCounts("component", c.SpoutID+c.BoltID, &c)
	}
}

func (f figures) stormComponent(t *testing.T, url string) {
	t.Helper()
	var doc struct {
		ID                                                              string
		SpoutSummary, BoltStats, ExecutorStats, InputStats, OutputStats []stormCounts
	}
	get(t, url, &doc)
	for _, c := range append(doc.SpoutSummary, doc.BoltStats...) {
		if c.Window == ":all-time" {
			f.stormCounts("component", doc.ID, &c)
		}
	}
	for _, c := range doc.ExecutorStats {
		task, _, _ := strings.Cut(strings.TrimPrefix(c.ID, "["), "-")
		f.stormCounts("task", task, &c)
	}
	for _, c := range doc.InputStats {
		f.edge(doc.ID, c.Component, c.Stream, c.Executed, c.Acked, c.Failed)
	}
	for _, c := range doc.OutputStats {
		f.stream(doc.ID, c.Stream, c.Emitted, c.Transferred)
	}
}

func (f figures) stormMetrics(t *testing.T, url string) {
	t.Helper()
	type value struct {
		Component string `json:"component_id"`
		Stream    string `json:"stream_id"`
		Value     uint64
	}
	var doc struct {
		Spouts, Bolts []struct {
			ID                                            string
			Emitted, Transferred, Executed, Acked, Failed []value
		}
	}
	get(t, url, &doc)
	for _, c := range append(doc.Spouts, doc.Bolts...) {
		for count, values := range map[string][]value{"emitted": c.Emitted, "transferred": c.Transferred} {
			for _, v := range values {
				f[figure{"stream", c.ID + "/" + v.Stream, count}] = v.Value
			}
		}
	}
	for _, c := range doc.Bolts {
		for count, values := range map[string][]value{"executed": c.Executed, "acked": c.Acked, "failed": c.Failed} {
			for _, v := range values {
				f[figure{"edge", c.ID + " from " + v.Component + "/" + v.Stream, count}] = v.Value
			}
		}
	}
}

// exposedAccount is what addresses tell Prometheus, added up.
func exposedAccount(t *testing.T, pages ...string) account {
	t.Helper()
	f := figures{}
	for _, page := range pages {
		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(metrics(t, page+"metrics")))
		if err != nil {
			t.Fatal(err)
		}
		for name, family := range families {
			for _, m := range family.GetMetric() {
				labels := map[string]string{}
				for _, pair := range m.GetLabel() {
					labels[pair.GetName()] = pair.GetValue()
				}
				f.sample(name, labels, valueOf(m))
			}
		}
	}
	return account{fmt.Sprint("what Prometheus gets from ", pages), f, everyKind[1:]}
}

func valueOf(m *dto.Metric) float64 {
	return m.GetCounter().GetValue() + m.GetGauge().GetValue()
}

// sample adds a sample of Prometheus, if it is one of a count.
func (f figures) sample(name string, labels map[string]string, value float64) {
	name, is := strings.CutPrefix(name, "gstorm_")
	kind, count, _ := strings.Cut(strings.TrimSuffix(name, "_total"), "_")
	of := map[string]string{
		"topology": "", "component": labels["component"], "task": labels["task"], "stream": labels["component"] + "/" + labels["stream"],
		"edge": labels["component"] + " from " + labels["source"] + "/" + labels["stream"],
	}[kind]
	if kind == "topology" {
		kind, count = "trees", strings.TrimPrefix(count, "trees_")
		if count == "late_answers" {
			count = "late"
		}
	}
	key := figure{kind, of, count}
	if is && len(figures{key: 0}.of(everyKind)) == 1 {
		f[key] += uint64(value)
	}
}
