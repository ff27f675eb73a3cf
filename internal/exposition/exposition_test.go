package exposition_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/gstorm/gstorm/internal/exposition"
	"github.com/gstorm/gstorm/internal/stats"
)

func topology() exposition.Topology {
	began := time.Date(2024, 5, 6, 7, 8, 9, 500e6, time.UTC)
	latency := stats.Latency{Count: 4, Mean: 250, P50: 200, P99: 500, Max: 600}
	return exposition.Topology{Stats: stats.Snapshot{
		Topology: "wc", State: stats.Running, Started: began, Trees: stats.Trees{Emitted: 10, Acked: 7, Failed: 1, TimedOut: 1, Pending: 1, Late: 2},
		Components: []stats.Component{
			{ID: "lines", Kind: "spout", Tasks: 1, Emitted: 10, Transferred: 10, Acked: 7, Failed: 2, InFlight: 1, Latency: latency},
			{ID: "count", Kind: "bolt", Tasks: 1, Executed: 9, Acked: 8, Failed: 1, Queue: 3, Restarts: 2, Errors: 5},
		},
		Tasks: []stats.Task{
			{ID: 2, Component: "lines", Kind: "spout", State: stats.Running, Since: began, Emitted: 10, Transferred: 10, Acked: 7, Failed: 2, InFlight: 1, Latency: latency},
			{ID: 1, Component: "count", Kind: "bolt", Worker: 3, PID: 4711, State: stats.Starting, Executed: 9, Acked: 8, Failed: 1, Queue: 3, QueueLimit: 1024,
				Restarts: 2, Errors: 5, Busy: 1.5, Held: 0.25, CPU: 2.5, Memory: 1 << 20,
				Spent: stats.Spent{Queued: 9, Queue: 0.5, Answered: 8, Pipe: 0.25, Child: 1.25}},
		},
		Streams: []stats.Stream{{Component: "lines", Stream: "default", Emitted: 10, Transferred: 10}},
		Edges:   []stats.Edge{{Component: "count", Source: "lines", Stream: "default", Executed: 9, Acked: 8, Failed: 1}},
		Metrics: []stats.Metric{
			{Component: "lines", Task: 2, Name: "bytesRead", Value: json.RawMessage(`12`)},
			{Component: "lines", Task: 2, Name: "cache", Value: json.RawMessage(`{"hits": 3, "misses": 1.5, "name": "x", "none": null, "deep": {"n": 1}}`)},
			{Component: "lines", Task: 2, Name: "text", Value: json.RawMessage(`"12"`)},
			{Component: "lines", Task: 2, Name: "list", Value: json.RawMessage(`[1]`)},
			{Component: "lines", Task: 2, Name: "nothing", Value: json.RawMessage(`null`)},
		},
	}}
}

// scrape is what a Prometheus server is told, without comments.
func scrape(t *testing.T, topologies ...exposition.Topology) []string {
	t.Helper()
	h := exposition.Handler("1.2.3", func(context.Context) ([]exposition.Topology, error) { return topologies, nil })
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
	return slices.DeleteFunc(strings.Split(answer.Body.String(), "\n"), func(line string) bool { return line == "" || line[0] == '#' })
}

func TestEveryCountIsTold(t *testing.T) {
	lines := scrape(t, topology())
	for _, want := range []string{
		`gstorm_build_info{version="1.2.3"} 1`,
		`gstorm_topology_info{cluster="",node="",state="running",topology="wc"} 1`,
		`gstorm_topology_trees_timed_out_total{cluster="",node="",topology="wc"} 1`,
		`gstorm_component_emitted_total{cluster="",component="lines",kind="spout",node="",topology="wc"} 10`,
		`gstorm_component_latency_seconds{cluster="",component="lines",kind="spout",node="",topology="wc",quantile="0.99"} 0.5`,
		`gstorm_component_latency_seconds_sum{cluster="",component="lines",kind="spout",node="",topology="wc"} 1`,
		`gstorm_component_latency_seconds_count{cluster="",component="lines",kind="spout",node="",topology="wc"} 4`,
		`gstorm_component_queue_tuples{cluster="",component="count",kind="bolt",node="",topology="wc"} 3`,
		`gstorm_task_info{cluster="",component="count",kind="bolt",node="",state="starting",task="1",topology="wc",worker="3"} 1`,
		`gstorm_task_executed_total{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 9`,
		`gstorm_task_busy_seconds_total{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 1.5`,
		`gstorm_task_cpu_seconds_total{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 2.5`,
		`gstorm_task_queue_limit_tuples{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 1024`,
		`gstorm_task_queue_seconds_sum{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 0.5`,
		`gstorm_task_queue_seconds_count{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 9`,
		`gstorm_task_pipe_seconds_sum{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 0.25`,
		`gstorm_task_child_seconds_sum{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 1.25`,
		`gstorm_task_child_seconds_count{cluster="",component="count",kind="bolt",node="",task="1",topology="wc"} 8`,
		`gstorm_stream_emitted_total{cluster="",component="lines",node="",stream="default",topology="wc"} 10`,
		`gstorm_edge_acked_total{cluster="",component="count",node="",source="lines",stream="default",topology="wc"} 8`,
		`gstorm_metric_bytes_read{cluster="",component="lines",key="",metric="bytesRead",node="",task="2",topology="wc"} 12`,
		`gstorm_metric_cache_misses{cluster="",component="lines",key="misses",metric="cache",node="",task="2",topology="wc"} 1.5`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("there is no\n%s", want)
		}
	}
	reported := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "gstorm_metric_") {
			reported++
		}
		if strings.Contains(line, "latency") && strings.Contains(line, `component="count"`) || strings.Contains(line, "_seconds_sum") && strings.Contains(line, `task="2"`) && !strings.Contains(line, "latency") ||
			strings.HasPrefix(line, "gstorm_task_cpu") && strings.Contains(line, `task="2"`) {
			t.Errorf("nothing is known of that: %s", line)
		}
	}
	if reported != 3 {
		t.Errorf("%d values are numbers, want 3", reported)
	}
}

func TestMetricsAreAsPrometheusWantsThem(t *testing.T) {
	problems, err := testutil.CollectAndLint(exposition.Collector([]exposition.Topology{topology()}))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestHostileNamesAreHarmless(t *testing.T) {
	hostile := topology()
	name := "a\"b\\c\nd{e=\"f\"} 1\x00\xff"
	hostile.Cluster, hostile.Node, hostile.Stats.Topology = name, name, name
	hostile.Stats.Components[0].ID = name
	hostile.Stats.Streams[0].Stream = name
	hostile.Stats.Metrics = nil
	for i, n := range []string{name, "", "a.b", "a_b", "aB", "A-b", "héß", "9", "___", "__name__", "\xff", "\xfe", strings.Repeat("x", 5000)} {
		hostile.Stats.Metrics = append(hostile.Stats.Metrics, stats.Metric{Component: name, Task: 1, Name: n, Value: json.RawMessage(fmt.Sprint(i))})
	}
	// One that is named like another one with a key.
	hostile.Stats.Metrics = append(hostile.Stats.Metrics, stats.Metric{Component: name, Task: 1, Name: "a", Value: json.RawMessage(`{"b": 1, "\u0000": 2, "": 3, "big": 1e999}`)})
	lines := scrape(t, hostile, topology())
	line := regexp.MustCompile(`^[a-z][a-z0-9_]*(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? [-+0-9.eEaInfN]+$`)
	reported := map[string]int{}
	for _, l := range lines {
		if !line.MatchString(l) {
			t.Errorf("no line of Prometheus' format: %s", l)
		}
		if family, ok := strings.CutPrefix(l, "gstorm_metric_"); ok && !strings.Contains(l, `topology="wc"`) {
			family, _, _ = strings.Cut(family, "{")
			reported[family]++
		}
	}
	long := strings.Repeat("x", 100)
	want := map[string]int{"a_b_c_d_e_f_1": 1, "unnamed": 3, "a_b": 5, "h": 1, "9": 1, "name": 1, long: 1, "a": 1}
	if diff := cmp.Diff(want, reported); diff != "" {
		t.Errorf("reported metrics (-want +got):\n%s", diff)
	}
}

// What is told grows with tasks, streams and edges, and with nothing else.
func TestThereAreNoMoreThanIsNeeded(t *testing.T) {
	series := func(change func(*stats.Snapshot)) int {
		all := topology()
		change(&all.Stats)
		return testutil.CollectAndCount(exposition.Collector([]exposition.Topology{all}))
	}
	before := series(func(*stats.Snapshot) {})
	tasks := series(func(s *stats.Snapshot) {
		for id := range 1000 {
			task := s.Tasks[1]
			task.ID = 10 + id
			s.Tasks = append(s.Tasks, task)
		}
	})
	if each := (tasks - before) / 1000; each > 20 {
		t.Errorf("a task has %d metrics", each)
	}
	metrics := series(func(s *stats.Snapshot) {
		for i := range 50_000 {
			s.Metrics = append(s.Metrics, stats.Metric{Component: "lines", Task: 2, Name: fmt.Sprint("user ", i), Value: json.RawMessage(`1`)})
		}
	})
	if metrics-before > 10_000 {
		t.Errorf("%d metrics more", metrics-before)
	}
}

func TestASourceThatFailsIsNoEmptyAnswer(t *testing.T) {
	h := exposition.Handler("", func(context.Context) ([]exposition.Topology, error) { return nil, errors.New("no agent answers") })
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 503 || !strings.Contains(answer.Body.String(), "no agent answers") {
		t.Errorf("%d: %s", answer.Code, answer.Body)
	}
}

// families are the names of everything that can be told, but for what components report.
func families(t *testing.T) map[string]bool {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(exposition.Collector([]exposition.Topology{topology()}))
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range all {
		if !strings.HasPrefix(f.GetName(), "gstorm_metric_") {
			names[f.GetName()] = true
		}
	}
	return names
}

func TestTheDashboardShowsWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("../../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard any
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, line := range scrape(t, topology()) {
		name, _, _ := strings.Cut(line, "{")
		name, _, _ = strings.Cut(name, " ")
		there[name] = true
	}
	named := regexp.MustCompile(`\b(gstorm|go|process)_[a-z0-9_]+`)
	shown := 0
	for _, query := range queries(dashboard) {
		for _, name := range named.FindAllString(query, -1) {
			shown++
			if !there[name] {
				t.Errorf("%s is not there: %s", name, query)
			}
		}
	}
	if shown < 20 {
		t.Errorf("it shows %d metrics", shown)
	}
}

// queries are the expressions and queries of a dashboard.
func queries(v any) (list []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			list = append(list, queries(item)...)
		}
	case map[string]any:
		for key, item := range v {
			if text, ok := item.(string); ok && (key == "expr" || key == "query") {
				list = append(list, text)
			}
			list = append(list, queries(item)...)
		}
	}
	return list
}

func TestThePageNamesEveryMetric(t *testing.T) {
	text, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"gstorm_build_info": true}
	for _, m := range regexp.MustCompile("(?m)^\\| `(gstorm_[a-z0-9_]+)`").FindAllStringSubmatch(string(text), -1) {
		named[m[1]] = true
	}
	there := families(t)
	there["gstorm_build_info"] = true
	if diff := cmp.Diff(slices.Sorted(maps.Keys(there)), slices.Sorted(maps.Keys(named))); diff != "" {
		t.Errorf("docs/metrics.md (-there +named):\n%s", diff)
	}
}
