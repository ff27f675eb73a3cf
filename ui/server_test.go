package ui

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
)

// fakeSource is a cluster of one node with one topology, until that is gone.
type fakeSource struct {
	mu      sync.Mutex // guards all below
	gone    bool
	plan    *plan.Plan
	asked   int // for counts
	changes []string
	metrics []stats.Metric
	traces  *traces.Store
	// replaced is how much later the processes of tasks began that were restarted and are there again.
	replaced map[int]time.Duration
	levels   loglevel.Levels
	stuck    int // a task that does not come back
}

func newFakeSource(t *testing.T) *fakeSource {
	t.Helper()
	words := gstorm.Topology{Version: gstorm.DescriptionVersion, Name: "words", Components: []gstorm.Component{
		{ID: "lines", Kind: gstorm.SpoutKind, Parallelism: 1, Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"line"}}}},
		{ID: "split", Kind: gstorm.BoltKind, Parallelism: 2, Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"word"}}},
			Inputs: []gstorm.Input{{From: "lines", Grouping: gstorm.Shuffle}}},
		{ID: "count", Kind: gstorm.BoltKind, Parallelism: 1, Inputs: []gstorm.Input{{From: "split", Grouping: gstorm.FieldsGrouping, Fields: gstorm.Fields{"word"}}}},
	}}
	built, err := plan.Build(&words, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &fakeSource{plan: built, traces: traces.NewStore(), replaced: map[int]time.Duration{}}
}

func (f *fakeSource) Look() *Cluster {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &Cluster{Kind: ClusterKind, Name: "test", Version: "1", Started: begin, Nodes: []Node{{ID: "n1", Name: "node1", Address: "10.0.0.1:7760", Status: "alive", Since: begin, Role: "leader", Slots: 4, Workers: 1}}}
	if !f.gone {
		c.Topologies = []Topology{{
			Name: "words", ID: "words-1", Status: Active, State: "running", Version: 1, Submitted: begin, By: "ann", File: "words.py", Plan: f.plan, Actions: []string{Deactivate, Kill, LogLevel, Restart},
			Workers: []Worker{{ID: 1, Node: "n1", NodeName: "node1", Address: "10.0.0.1:40000", Tasks: 4, Running: true, TaskIDs: []int{1, 2, 3, 4}}},
		}}
	}
	return c
}

func (f *fakeSource) Counts(context.Context, *Topology) (stats.Snapshot, []NodeSums, []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	latency := stats.Latency{Count: 100, Mean: 1.5, P50: 1, P99: 5, Max: 9}
	s := stats.Snapshot{
		Metrics: f.metrics, Topology: "words", State: stats.Running, Started: begin, Seconds: 10, Trees: stats.Trees{Emitted: 100, Acked: 99, Failed: 1},
		Components: []stats.Component{
			{ID: "lines", Kind: spout, Tasks: 1, Emitted: 100, Transferred: 100, Acked: 99, Failed: 1, Latency: latency},
			{ID: "split", Kind: bolt, Tasks: 2, Emitted: 700, Transferred: 700, Executed: 100, Acked: 100, Latency: latency},
			{ID: "count", Kind: bolt, Tasks: 1, Executed: 700, Acked: 700, Errors: 1, Latency: latency},
		},
		Streams: []stats.Stream{{Component: "lines", Stream: "default", Emitted: 100, Transferred: 100}, {Component: "split", Stream: "default", Emitted: 700, Transferred: 700}},
		Edges:   []stats.Edge{{Component: "split", Source: "lines", Stream: "default", Executed: 100, Acked: 100}, {Component: "count", Source: "split", Stream: "default", Executed: 700, Acked: 700}},
		Errors:  []stats.ComponentError{{Component: "count", Task: 1, Time: begin, Message: strings.Repeat("é", 300), Count: 1}},
	}
	for _, task := range f.plan.Tasks {
		told := stats.Task{ID: task.ID, Component: task.Component, State: stats.Running, Since: begin.Add(f.replaced[task.ID])}
		for _, c := range s.Components {
			if c.ID == task.Component {
				told.Kind = c.Kind
				if task.Index == 0 { // which has done all of it
					told.Emitted, told.Transferred, told.Executed, told.Acked, told.Failed, told.Errors, told.Latency = c.Emitted, c.Transferred, c.Executed, c.Acked, c.Failed, c.Errors, latency
				}
			}
		}
		s.Tasks = append(s.Tasks, told)
	}
	return s, nil, nil
}

func (f *fakeSource) Change(_ context.Context, t *Topology, action string, c Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := json.Marshal(c)
	f.changes = append(f.changes, t.ID+" "+action+" "+string(text))
	if action == Activate {
		return &Error{Conflict, "it is active"}
	}
	return err
}

func (f *fakeSource) restart(_ context.Context, t *Topology, task int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = append(f.changes, fmt.Sprint(t.ID, " restart ", task))
	if task != f.stuck {
		f.replaced[task] += time.Second
	}
	return nil
}

func (f *fakeSource) LogLevels(*Topology) []loglevel.Level { return f.levels.List() }

func (f *fakeSource) SetLogLevel(_ context.Context, _ *Topology, l loglevel.Level) error {
	f.levels.Set(loglevel.With(f.levels.List(), l, time.Now()))
	return nil
}

// tap shows the request as a tuple, and where as a problem.
func (f *fakeSource) tap(_ context.Context, t *Topology, r stats.TapRequest) (<-chan stats.TapLine, error) {
	if r.Where == "?" {
		return nil, invalidf("where: it makes no sense")
	}
	lines := make(chan stats.TapLine, 2)
	lines <- stats.TapLine{Tuple: &stats.TapTuple{Component: r.Component, Stream: r.Stream, Task: r.Task, Targets: []int{r.Rate}, Values: []stats.TapValue{}}}
	lines <- stats.TapLine{Problem: t.ID + r.Where}
	close(lines)
	return lines, nil
}

func (f *fakeSource) tracer(context.Context, *Topology) (*traces.Store, error) { return f.traces, nil }

// newTestServer is a mounted Server.
func newTestServer(t *testing.T) (*fakeSource, *Server, *httptest.Server) {
	t.Helper()
	source := newFakeSource(t)
	s := New(Options{Source: source, Logger: slog.New(slog.DiscardHandler), Every: 10 * time.Second, Restart: source.restart, LogLevels: source})
	mounted := httptest.NewServer(s.Mount(
		s.Routes(), s.RunRoutes(NewLines("here")), s.TapRoutes(source.tap), s.TraceRoutes(source.tracer), s.RestartRoutes(), s.LogLevelRoutes(),
	))
	t.Cleanup(mounted.Close)
	return source, s, mounted
}

// ask makes a request, with headers as "Key: value".
func ask(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		if r.Header.Set(key, value); key == "Host" {
			r.Host = value
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestRequestsThatAreWrong(t *testing.T) {
	_, _, server := newTestServer(t)
	for path, want := range map[string]string{
		"/v1/topologies/wrds/view":                               `404 {"kind":"not_found","error":"there is no topology \"wrds\", did you mean \"words\"?"}`,
		"/v1/topologies/words/components/splt/view":              `404 {"kind":"not_found","error":"there is no component \"splt\", did you mean \"split\"?"}`,
		"/v1/topologies/words/view?x=1":                          `400 {"kind":"invalid","error":"there is no parameter \"x\""}`,
		"/v1/topologies/words/history?pints=3":                   `400 {"kind":"invalid","error":"there is no parameter \"pints\", did you mean \"points\"?"}`,
		"/v1/topologies/words/history?points=NaN":                `400 {"kind":"invalid","error":"points is \"NaN\": a number from 1 to 2000 is expected"}`,
		"/v1/topologies/words/history?since=-1":                  `400 {"kind":"invalid","error":"since is \"-1\": a number from 1 to 3.16224e+07 is expected"}`,
		"/v1/topologies/words/history?component=nobody&since=60": `404 {"kind":"not_found","error":"there is no component \"nobody\", but [count lines split]"}`,
		"/v1/live":                                      `400 {"kind":"invalid","error":"say what is wanted: overview=1, or topology=NAME, also with component=ID or board=ID"}`,
		"/v1/live?topology=x":                           `404 {"kind":"not_found","error":"there is no topology \"x\", but [words]"}`,
		"/v1/topologies/words/logs?q":                   `200 `,
		"/nothing":                                      `404 {"kind":"not_found","error":"there is nothing at GET /nothing"}`,
		"/api/v1/topology/wrds":                         `404 {"error":"404 Not Found","errorMessage":"there is no topology \"wrds\", did you mean \"words\"?"}`,
		"/api/v1/topology/words?window=60":              `400 {"error":"400 Bad Request","errorMessage":"the window is \"60\": 600, 10800, 86400 or :all-time is expected"}`,
		"/api/v1/topology/summary?callback=alert(1)//":  `400 {"error":"400 Bad Request","errorMessage":"the callback is no name of a function"}`,
		"/api/v1/history/summary?callback=show.history": `200 show.history({"topo-history":["words-1"]});`,
	} {
		status, text := ask(t, http.MethodGet, server.URL+path, "")
		if got := http.StatusText(status); !strings.HasPrefix(want, "200") && got == "OK" || strings.TrimSpace(want[4:]) != strings.TrimSpace(text) {
			t.Errorf("%s: %d %s, want %s", path, status, text, want)
		}
	}
}

func TestForeignPagesCanDoNothing(t *testing.T) {
	source, _, server := newTestServer(t)
	kill := server.URL + "/v1/topologies/words/kill"
	for _, headers := range [][]string{
		{"Origin: http://evil.example", "Gstorm-Request: 1"}, {"Sec-Fetch-Site: cross-site", "Gstorm-Request: 1"}, {"Origin: null"},
		{"Origin: " + server.URL}, {"Sec-Fetch-Site: same-origin"}, {"Host: evil.example"},
	} {
		if status, text := ask(t, http.MethodPost, kill, `{"wait": 1}`, headers...); status != http.StatusForbidden {
			t.Errorf("%q: %d %s", headers, status, text)
		}
	}
	if status, _ := ask(t, http.MethodGet, server.URL+"/v1/overview", "", "Host: evil.example"); status != http.StatusForbidden {
		t.Errorf("what a foreign name leads to can be read: %d", status)
	}
	if status, _ := ask(t, http.MethodGet, server.URL+"/api/v1/topology/summary?callback=f", "", "Sec-Fetch-Site: cross-site"); status != http.StatusForbidden {
		t.Errorf("a script of a foreign page can read: %d", status)
	}
	if len(source.changes) > 0 {
		t.Fatal(source.changes)
	}
	for _, headers := range [][]string{{"Origin: " + server.URL, "Sec-Fetch-Site: same-origin", "Gstorm-Request: 1"}, {}} {
		if status, text := ask(t, http.MethodPost, kill, `{"wait": 1}`, headers...); status != http.StatusNoContent {
			t.Errorf("%q: %d %s", headers, status, text)
		}
	}
}

func TestActions(t *testing.T) {
	source, _, server := newTestServer(t)
	for _, c := range []struct{ path, body, want, change string }{
		{"/v1/topologies/words/kill", `{"wait": -1}`, "", `words-1 kill {"wait":-1}`},
		{"/v1/topologies/words/activate", `{"wait": 0}`, `{"kind":"conflict","error":"it is active"}`, `words-1 activate {"wait":0}`},
		{"/v1/topologies/words/kill", `{"weight": 1}`, `{"kind":"invalid","error":"the request can't be read: json: unknown field \"weight\""}`, ""},
		{"/api/v1/topology/words-1/deactivate", "", `{"status":"success","topologyId":"words-1","topologyOperation":"deactivate"}`, `words-1 deactivate {"wait":-1}`},
		{"/api/v1/topology/words-1/kill/30", "", `{"status":"success","topologyId":"words-1","topologyOperation":"kill","wait":"30"}`, `words-1 kill {"wait":30}`},
		{"/api/v1/topology/words/kill/soon", "", `{"error":"400 Bad Request","errorMessage":"the wait is \"soon\": seconds are expected"}`, ""},
		{"/api/v1/topology/words/rebalance/5", `{"rebalanceOptions": {"numWorkers": 2, "executors": {"split": 3}}}`, `{"status":"success","topologyId":"words-1","topologyOperation":"rebalance","wait":"5"}`, `words-1 rebalance {"wait":5,"workers":2,"parallelism":{"split":3}}`},
		{"/api/v1/topology/words/rebalance/5", "", `{"status":"success","topologyId":"words-1","topologyOperation":"rebalance","wait":"5"}`, `words-1 rebalance {"wait":5,"workers":1}`},
		{"/api/v1/topology/words/debug/enable/10", "", `{"error":"409 Conflict","errorMessage":"tuples can't be sampled yet"}`, ""},
		{"/api/v1/topology/words/logconfig", `{"namedLoggerLevels": {"count": {"target_level": null}}}`, `{"namedLoggerLevels":{}}`, ""},
	} {
		source.changes = nil
		_, text := ask(t, http.MethodPost, server.URL+c.path, c.body)
		if text != c.want {
			t.Errorf("%s: %s, want %s", c.path, text, c.want)
		}
		if got := strings.Join(source.changes, ""); got != c.change {
			t.Errorf("%s: done %q, want %q", c.path, got, c.change)
		}
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	_, _, server := newTestServer(t)
	r, err := http.NewRequest(http.MethodGet, server.URL+"/v1/topologies/words/view", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	plain, err := gzip.NewReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v TopologyView
	if err := json.NewDecoder(plain).Decode(&v); err != nil || v.Name != "words" || len(v.Components) != 3 || len(v.Edges) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	if response.Header.Get("Content-Security-Policy") == "" || response.Header.Get("Cache-Control") != "no-store" {
		t.Error(response.Header)
	}
}

// events are those of a live stream.
func events(t *testing.T, url string) (next func() (name, data string), end func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(response.Body)
	return func() (name, data string) {
		t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if errors.Is(err, io.EOF) {
				return "", ""
			}
			if err != nil {
				t.Fatal(err)
			}
			line = strings.TrimSuffix(line, "\n")
			if after, ok := strings.CutPrefix(line, "event: "); ok {
				name = after
			}
			if after, ok := strings.CutPrefix(line, "data: "); ok {
				data = after
			}
			if line == "" {
				return name, data
			}
		}
	}, func() { cancel(); _ = response.Body.Close() }
}

func TestOneCollectionForAllPages(t *testing.T) {
	source, s, server := newTestServer(t)
	var pages []func() (string, string)
	for range 3 {
		next, end := events(t, server.URL+"/v1/live?topology=words")
		defer end()
		if name, data := next(); name != "topology" || !strings.Contains(data, `"name":"words"`) {
			t.Fatalf("%s %s", name, data)
		}
		pages = append(pages, next)
	}
	component, end := events(t, server.URL+"/v1/live?topology=words&component=split")
	defer end()
	if name, _ := component(); name != "component" {
		t.Fatal(name)
	}
	source.mu.Lock()
	source.asked = 0
	source.mu.Unlock()
	s.round(t.Context(), time.Now(), false)
	source.mu.Lock()
	asked := source.asked
	source.gone = true
	source.mu.Unlock()
	if asked != 1 {
		t.Errorf("four pages had counts collected %d times", asked)
	}
	s.round(t.Context(), time.Now(), false)
	for _, next := range append(pages, component) {
		if name, data := next(); name == "gone" || data == "" {
			t.Errorf("%s %s before the second document", name, data)
		}
		if name, _ := next(); name != "gone" {
			t.Errorf("%q when the topology is gone", name)
		}
		if name, _ := next(); name != "" {
			t.Errorf("%q after that", name)
		}
	}
}

func TestPagesAreLetGoWhenNothingIsCollectedAnyMore(t *testing.T) {
	_, s, server := newTestServer(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	next, end := events(t, server.URL+"/v1/live?overview=1")
	defer end()
	for range 2 {
		if name, _ := next(); name != "overview" {
			t.Fatal(name)
		}
	}
	stop()
	<-ended
	for name := "overview"; name != ""; {
		if name, _ = next(); name != "" && name != "overview" {
			t.Fatal(name)
		}
	}
}

func TestNothingIsCollectedWhileNobodyLooks(t *testing.T) {
	source, s, _ := newTestServer(t)
	s.round(t.Context(), time.Now(), false)
	if source.asked != 0 {
		t.Errorf("collected %d times", source.asked)
	}
}

func TestAPageThatDoesNotKeepUpIsLetGo(t *testing.T) {
	_, s, _ := newTestServer(t)
	at := room{topology: "words", role: Read}
	slow, quick := s.enter(at), s.enter(at)
	for range behind + 1 {
		s.round(t.Context(), time.Now(), true)
		<-quick.events
	}
	select {
	case <-slow.dropped:
	default:
		t.Error("it is still there")
	}
	select {
	case <-quick.dropped:
		t.Error("the other one is gone too")
	default:
	}
	s.leave(at, slow)
	s.leave(at, quick)
	if len(s.rooms) != 0 {
		t.Error("its room is still there")
	}
}

func TestTheOpenAPIDocumentHasEveryRoute(t *testing.T) {
	_, s, _ := newTestServer(t)
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(openAPI, &document); err != nil {
		t.Fatal(err)
	}
	var described, mounted []string
	for path, methods := range document.Paths {
		for method, operation := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
			for _, p := range operation.Parameters {
				if p.In == "path" && !strings.Contains(path, "{"+p.Name+"}") {
					t.Errorf("%s has no {%s}", path, p.Name)
				}
			}
			if got := strings.Count(path, "{"); got != len(slices.DeleteFunc(operation.Parameters, func(p struct{ Name, In string }) bool { return p.In != "path" })) {
				t.Errorf("%s: not every part of the path is described", path)
			}
		}
	}
	for _, routes := range []map[string]Route{
		s.Routes(), s.RunRoutes(NewLines("")), s.TapRoutes(nil), s.TraceRoutes(nil), s.RetryRoutes(nil), s.RestartRoutes(), s.LogLevelRoutes(),
	} {
		for pattern := range routes {
			pattern = strings.Replace(pattern, "/page/", "/page/{file}", 1)
			mounted = append(mounted, strings.Replace(pattern, "{$}", "", 1))
		}
	}
	slices.Sort(described)
	slices.Sort(mounted)
	if !slices.Equal(described, mounted) {
		t.Errorf("described:\n%s\nmounted:\n%s", strings.Join(described, "\n"), strings.Join(mounted, "\n"))
	}
}

func TestLinesAreKeptAndFollowed(t *testing.T) {
	source := newFakeSource(t)
	s := New(Options{Source: source, Logger: slog.New(slog.DiscardHandler), Every: time.Second})
	lines := NewLines("here")
	server := httptest.NewServer(s.Mount(s.RunRoutes(lines)))
	defer server.Close()
	for range keptLines {
		lines.Add(LogLine{Level: "INFO", Message: "old"})
	}
	log := slog.New(lines.Handler(slog.LevelInfo)).With("topology", "words", "component", "split", "task", 3)
	log.Warn("slow", "took", "3s")
	log.Debug("nobody wants that")
	if kept, total, _ := lines.since(0); len(kept) != keptLines || total != keptLines+1 {
		t.Errorf("%d of %d lines are kept", len(kept), total)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+`/v1/topologies/words/logs?q={"components":["split"],"level":"warn","last":5,"follow":true}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read := bufio.NewReader(response.Body)
	for _, want := range []string{`"msg":"slow","component":"split","task":3,"node":"here","attributes":[{"key":"took","value":"3s"}]}`, `"msg":"slower"`} {
		line, err := read.ReadString('\n')
		if err != nil || !strings.Contains(line, want) {
			t.Errorf("%s, %v, want %s", line, err, want)
		}
		log.Info("not this one")
		log.Warn("slower")
	}
	if bytes.Contains([]byte(cut(strings.Repeat("é", lineBytes))), []byte("\uFFFD")) {
		t.Error("a line is cut within a letter")
	}
}
