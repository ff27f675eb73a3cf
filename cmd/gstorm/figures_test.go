package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/stats"
	testlibraries "github.com/gstorm/gstorm/spec/libraries"
	"github.com/gstorm/gstorm/ui"
)

// figure is one count: of the topology, its trees, a component, a task, a stream or an edge.
type figure struct{ kind, of, count string }

type figures map[figure]uint64

// everyKind is all that a summary counts.
var everyKind = []string{
	"topology emitted transferred executed acked failed", "trees emitted acked failed timed_out late pending",
	"component emitted transferred executed acked failed restarts errors", "task emitted transferred executed acked failed restarts errors",
	"stream emitted transferred", "edge executed acked failed",
}

// of are those of some kinds, each a kind of thing and what of it is counted.
func (f figures) of(kinds []string) figures {
	some := figures{}
	for key, n := range f {
		for _, kind := range kinds {
			if what, counts, _ := strings.Cut(kind, " "); key.kind == what && strings.Contains(" "+counts+" ", " "+key.count+" ") {
				some[key] = n
			}
		}
	}
	return some
}

func (f figures) counts(kind, of string, emitted, transferred, executed, acked, failed uint64) {
	for count, n := range map[string]uint64{"emitted": emitted, "transferred": transferred, "executed": executed, "acked": acked, "failed": failed} {
		f[figure{kind, of, count}] = n
	}
}

func (f figures) totals(kind, of string, t ui.Totals) {
	f.counts(kind, of, t.Emitted, t.Transferred, t.Executed, t.Acked, t.Failed)
}

// troubles are how often something died, and failed.
func (f figures) troubles(kind, of string, restarts, errors uint64) {
	f[figure{kind, of, "restarts"}], f[figure{kind, of, "errors"}] = restarts, errors
}

func (f figures) task(t *stats.Task) {
	f.counts("task", fmt.Sprint(t.ID), t.Emitted, t.Transferred, t.Executed, t.Acked, t.Failed)
	f.troubles("task", fmt.Sprint(t.ID), t.Restarts, t.Errors)
}

func (f figures) stream(component, stream string, emitted, transferred uint64) {
	of := component + "/" + stream
	f[figure{"stream", of, "emitted"}], f[figure{"stream", of, "transferred"}] = emitted, transferred
}

func (f figures) edge(component, source, stream string, executed, acked, failed uint64) {
	of := component + " from " + source + "/" + stream
	f[figure{"edge", of, "executed"}], f[figure{"edge", of, "acked"}], f[figure{"edge", of, "failed"}] = executed, acked, failed
}

func (f figures) trees(t *stats.Trees) {
	for count, n := range map[string]uint64{"emitted": t.Emitted, "acked": t.Acked, "failed": t.Failed, "timed_out": t.TimedOut, "late": t.Late, "pending": t.Pending} {
		f[figure{"trees", "", count}] = n
	}
}

// figuresOf are those of a summary.
func figuresOf(s *stats.Snapshot) figures {
	f := figures{}
	sum := ui.Totals{Acked: s.Trees.Acked, Failed: s.Trees.Failed + s.Trees.TimedOut}
	for _, c := range s.Components {
		sum.Emitted, sum.Transferred, sum.Executed = sum.Emitted+c.Emitted, sum.Transferred+c.Transferred, sum.Executed+c.Executed
		f.counts("component", c.ID, c.Emitted, c.Transferred, c.Executed, c.Acked, c.Failed)
		f.troubles("component", c.ID, c.Restarts, c.Errors)
	}
	f.totals("topology", "", sum)
	f.trees(&s.Trees)
	for i := range s.Tasks {
		f.task(&s.Tasks[i])
	}
	for _, o := range s.Streams {
		f.stream(o.Component, o.Stream, o.Emitted, o.Transferred)
	}
	for _, e := range s.Edges {
		f.edge(e.Component, e.Source, e.Stream, e.Executed, e.Acked, e.Failed)
	}
	return f
}

// account is what somebody says of a run: all of some kinds, and nothing else.
type account struct {
	who   string
	said  figures
	kinds []string
}

// agree fails the test if somebody says something else than the summary does, or not all.
func (f figures) agree(t *testing.T, accounts []account) {
	t.Helper()
	if len(f.of(everyKind)) != len(f) || f[figure{"trees", "", "failed"}] == 0 || f[figure{"trees", "", "timed_out"}] == 0 ||
		f[figure{"component", "pass", "restarts"}] == 0 || f[figure{"component", "sink", "failed"}] == 0 {
		t.Errorf("not all that can happen has: %v", f)
	}
	for _, a := range accounts {
		if diff := cmp.Diff(f.of(a.kinds), a.said); diff != "" {
			t.Errorf("%s (-summary +said):\n%s", a.who, diff)
		}
	}
}

// numbersEach is how many numbers each spout of figures.rb has here.
const numbersEach = 200

// atRest waits until figures.rb rests: all that it does is done, and two looks see the same.
func atRest(t *testing.T, page string) {
	t.Helper()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	var last string
	for limit := time.Now().Add(2 * time.Minute); ; <-again.C {
		var v ui.TopologyView
		status := get(t, page+"v1/topologies/figures/view", &v)
		if status == http.StatusOK && v.Pending == 0 && v.Trees.TimedOut > 0 && v.Components[0].Totals.Emitted == 2*(numbersEach+numbersEach/2+numbersEach/10) {
			now := fmt.Sprint(v.Trees, v.Components[0].Totals, v.Components[1].Totals, v.Components[2].Totals)
			if last == now {
				return
			}
			last = now
		}
		if time.Now().After(limit) {
			t.Fatalf("it does not come to rest: %d, %+v", status, v)
		}
	}
}

// TestTheFiguresOfARunAgree: whatever tells of a run tells the same.
func TestTheFiguresOfARunAgree(t *testing.T) {
	testlibraries.Programs(t, "ruby")
	t.Parallel()
	file := filepath.Join(t.TempDir(), "summary.json")
	cmd, page := startRun(t, "figures", "testdata/topology/figures.rb", "--summary-file", file, "--", fmt.Sprint(numbersEach))
	atRest(t, page)
	if status := post(t, page+"v1/topologies/figures/deactivate", `{"wait": -1}`); status != http.StatusNoContent {
		t.Errorf("deactivate: %d", status)
	}
	accounts := append(documentAccounts(t, page, "figures"), exposedAccount(t, page))
	accounts = append(accounts, scrapedAccount(t, page)...)
	if status := post(t, page+"v1/topologies/figures/kill", `{"wait": 0}`); status != http.StatusNoContent {
		t.Errorf("kill: %d", status)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	var summary stats.Snapshot
	readJSON(t, file, &summary)
	figuresOf(&summary).agree(t, accounts)
}

// TestTheFiguresOfAClusterAgree: the same of two workers on two nodes, whichever agent is asked. What Prometheus has to add up
// is told by both.
func TestTheFiguresOfAClusterAgree(t *testing.T) {
	slow(t, "some seconds")
	testlibraries.Programs(t, "ruby")
	t.Parallel()
	c := newTestCluster(t, 3)
	c.must("submit", "testdata/topology/figures.rb", "--", fmt.Sprint(numbersEach))
	var accounts []account
	var pages []string
	for i, a := range c.agents {
		page := "http://" + a.address + "/"
		if pages = append(pages, page); i == 0 {
			atRest(t, page)
		}
		accounts = append(accounts, documentAccounts(t, page, "figures")...)
	}
	accounts = append(append(accounts, exposedAccount(t, pages...)), scrapedAccount(t, pages...)...)
	accounts = append(accounts, sparseAccount(t, pages[1])...)
	var s api.TopologyStatus
	if err := c.json(&s, "status", "figures"); err != nil {
		t.Fatalf("%v: %+v", err, s)
	}
	nodes := map[string]bool{}
	for _, task := range s.Stats.Tasks {
		nodes[task.Node] = true
	}
	if len(nodes) != 2 {
		t.Errorf("the tasks are on %v", nodes)
	}
	figuresOf(&s.Stats).agree(t, accounts)
	c.must("kill", "figures", "-w", "0")
}
