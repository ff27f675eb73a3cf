package ui

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
)

// traced has a topology's traces be one that was acked, one that has failed and one that is open.
func traced(s *traces.Store) {
	begun := &stats.TraceBegun{Component: "lines", Task: 3, Stream: "default", Message: "7", Values: []stats.TapValue{{Field: "line", JSON: `"secret"`}}}
	emitted := &stats.TraceEmitted{ID: "00000000000000a1", Source: "lines", SourceTask: 3, Stream: "default", Component: "split", Task: 4}
	for i, root := range []string{"3-17", "3-18", "3-19"} {
		at := begin.Add(time.Duration(i) * time.Second).UnixMicro()
		events := []stats.TraceEvent{{Root: root, At: at, Begun: begun}, {Root: root, At: at + 500, Emitted: emitted}}
		switch i {
		case 0:
			events = append(events, stats.TraceEvent{Root: root, At: at + 3000, Ended: &stats.TraceEnded{Outcome: stats.TraceAcked, Micros: 3000}})
		case 1:
			events = append(events, stats.TraceEvent{Root: root, At: at + 2000, Ended: &stats.TraceEnded{Outcome: stats.TraceFailed, Cause: "split: task 4: bad", Micros: 2000}})
		}
		s.Add(traces.Place{Node: "a", Worker: 1}, events, time.Now())
	}
}

func TestTraces(t *testing.T) {
	source, _, server := newTestServer(t)
	traced(source.traces)
	at := server.URL + "/v1/topologies/words/traces"
	for query, want := range map[string]string{"": "3-19 3-18 3-17", "?kind=recent&last=2": "3-19 3-18", "?kind=slowest": "3-17 3-18", "?kind=failed": "3-18"} {
		status, text := ask(t, http.MethodGet, at+query, "")
		var list Traces
		if err := json.Unmarshal([]byte(text), &list); err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %s: %v", query, status, text, err)
		}
		var roots []string
		for _, l := range list.Traces {
			roots = append(roots, l.Root)
		}
		if strings.Join(roots, " ") != want || list.Rate != 1 || list.Sampled != 3 {
			t.Errorf("%s: %s", query, text)
		}
	}
	_, text := ask(t, http.MethodGet, at+"?kind=failed", "")
	want := `{"rate":1,"sampled":3,"traces":[{"root":"3-18","component":"lines","task":3,"stream":"default","message":"7","began":"` + begin.Add(time.Second).Format(time.RFC3339) +
		`","ms":2,"outcome":"failed","cause":"split: task 4: bad","components":["split"],"nodes":[],"dropped":0,"spans":1}]}`
	if text != want {
		t.Errorf("%s\nexpected: %s", text, want)
	}
	_, text = ask(t, http.MethodGet, at+"/3-17", "")
	want = `"clocks_ms":0,"values":[{"name":"line","value":"\"secret\""}],"spans":[{"id":"00000000000000a1","parents":[],"source":"lines","source_task":3,"stream":"default",` +
		`"component":"split","task":4,"node":"","worker":0,"pid":0,"emitted":0.5,"handed":null,"began":null,"answered":null,"outcome":"","cause":""}]}`
	if !strings.HasSuffix(text, want) {
		t.Errorf("%s\nexpected at the end: %s", text, want)
	}
	status, text := ask(t, http.MethodGet, at+"/3-18/otlp", "")
	if status != http.StatusOK || !strings.HasPrefix(text, `{"resourceSpans":[{"resource":{"attributes":[`) || !strings.Contains(text, `{"key":"service.name","value":{"stringValue":"gstorm"}}`) ||
		!strings.Contains(text, `"status":{"code":2,"message":"split: task 4: bad"}`) || !strings.Contains(text, `{"key":"gstorm.cluster","value":{"stringValue":"test"}}`) {
		t.Errorf("%d %s", status, text)
	}
	for path, want := range map[string]string{
		"/3-71/otlp":                    `there is no trace "3-71", did you mean "3-17"?`,
		"?kind=newest":                  `kind is "newest": one of recent, slowest, failed is expected`,
		"?last=0":                       `last is "0": a number from 1 to 200 is expected`,
		"?knid=failed":                  `there is no parameter "knid", did you mean "kind"?`,
		"/3-71":                         `there is no trace "3-71", did you mean "3-17"?`,
		"/" + strings.Repeat("3", 5000): "there is no trace with so long a name",
		"/3-17?last=1":                  `there is no parameter "last"`,
	} {
		status, text := ask(t, http.MethodGet, at+path, "")
		if status/100 != 4 || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), want) {
			t.Errorf("%.80s: %d %s", path, status, text)
		}
	}
}

// TestWhoMayReadSeesNoValues: a trace's shape is for everybody, what tuples have in them is not.
func TestWhoMayReadSeesNoValues(t *testing.T) {
	source := newFakeSource(t)
	traced(source.traces)
	role := Read
	s := New(Options{Source: source, Logger: slog.New(slog.DiscardHandler), Every: time.Second, RoleOf: func(*http.Request) string { return role }})
	server := httptest.NewServer(s.Mount(s.TraceRoutes(source.tracer)))
	defer server.Close()
	for _, path := range []string{"", "?kind=failed", "/3-17", "/3-17/otlp"} {
		role = Read
		if status, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/traces"+path, ""); status != http.StatusOK ||
			strings.Contains(text, "secret") || strings.Contains(text, "message") || !strings.Contains(text, "lines") {
			t.Errorf("%s: %d %s", path, status, text)
		}
		role = Operate
		if _, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/traces"+path, ""); !strings.Contains(text, "message") {
			t.Errorf("%s: %s", path, text)
		}
	}
}

// FuzzTraceRoot: whatever is asked for, the answer is a trace, or that there is none.
func FuzzTraceRoot(f *testing.F) {
	for _, seed := range []string{"3-17", "3-1", "", "-", "3/17", "3-17/otlp", "\x00", "é", "3-17 ", "99999999999999999999-1", strings.Repeat("3", 100)} {
		f.Add(seed)
	}
	source := &fakeSource{traces: traces.NewStore()}
	traced(source.traces)
	s := New(Options{Source: source, Logger: slog.New(slog.DiscardHandler), Every: time.Second})
	handler := s.Mount(s.TraceRoutes(source.tracer))
	f.Fuzz(func(t *testing.T, root string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/topologies/words/traces/x", nil)
		r.URL.Path, r.URL.RawPath = "/v1/topologies/words/traces/"+root, "/v1/topologies/words/traces/"+url.PathEscape(root)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%q: %s", root, w.Body)
			}
		case http.StatusNotFound, http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusForbidden:
		default:
			t.Errorf("%q: %d %s", root, w.Code, w.Body)
		}
	})
}
