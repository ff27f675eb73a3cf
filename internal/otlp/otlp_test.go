package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/gstorm/gstorm/internal/traces"
)

var of = Of{Topology: "words", Cluster: "test", Version: "1.2"}

func ms(v float64) *float64 { return &v }

// failed is a trace whose second tuple, of two parents, has failed, and whose third was never answered.
func failed() *traces.Trace {
	return &traces.Trace{
		Summary: traces.Summary{
			Root: "3-17", Component: "lines", Task: 3, Stream: "default", Message: "7", Began: time.Unix(1000, 0).UTC(), MS: 50, Outcome: "failed", Cause: "count: task 5: bad",
		},
		Spans: []traces.Span{
			{ID: "00000000000000a1", Source: "lines", SourceTask: 3, Stream: "default", Component: "split", Task: 4, Node: "a", Worker: 1, PID: 44,
				Emitted: ms(1), Handed: ms(2), Began: ms(3), Answered: ms(4), Outcome: "acked"},
			{ID: "00000000000000c1", Parents: []string{"00000000000000a1", "00000000000000b1"}, Source: "split", SourceTask: 4, Stream: "words", Component: "count", Task: 5, Node: "b", Worker: 2, PID: 55,
				Emitted: ms(3.5), Handed: ms(10), Began: ms(11.25), Answered: ms(20), Outcome: "failed", Cause: "count: task 5: bad"},
			{ID: "00000000000000d1", Parents: []string{"00000000000000a1"}, Source: "split", SourceTask: 4, Stream: "words", Component: "count", Task: 6, Emitted: ms(3.5)},
			{ID: "no id"},
		},
	}
}

// receiver is a collector: it takes what is sent by OTLP over HTTP as it is specified, and keeps it.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex // guards all below
	away    bool
	headers []http.Header
	paths   []string
	got     []*wire.ResourceSpans
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		http.Error(w, "away", http.StatusBadRequest) // which is not tried again
		return
	}
	var body io.Reader = request.Body
	if request.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unpacked
	}
	text, err := io.ReadAll(body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(text, &sent)
	}
	if err != nil || request.Header.Get("Content-Type") != "application/x-protobuf" {
		http.Error(w, fmt.Sprint(err), http.StatusUnsupportedMediaType)
		return
	}
	r.headers, r.paths, r.got = append(r.headers, request.Header), append(r.paths, request.URL.Path), append(r.got, sent.ResourceSpans...)
}

func (r *receiver) be(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
}

// spans are those that have come, by their names.
func (r *receiver) spans() (list []*wire.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range r.got {
		for _, scope := range resource.ScopeSpans {
			list = append(list, scope.Spans...)
		}
	}
	return list
}

func attributesOf(s *wire.Span) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes {
		if all[a.Key] = a.Value.GetStringValue(); all[a.Key] == "" {
			all[a.Key] = fmt.Sprint(a.Value.GetIntValue())
		}
	}
	return all
}

// running runs an exporter until the function that it returns is called.
func running(t *testing.T, e *Exporter) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.Run(ctx, 10*time.Second)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// TestACollectorGetsTraces: as OTLP says, with the headers and to the path that it was told.
func TestACollectorGetsTraces(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret")
	for _, path := range []string{"", "/", "/v1/traces", "/prefix"} {
		r := newReceiver(t)
		e, err := New(t.Context(), r.URL+path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		end := running(t, e)
		e.Add(of, failed())
		end()
		spans := r.spans()
		if len(spans) != 4 || r.headers[0].Get("x-key") != "secret" || r.paths[0] != strings.TrimSuffix(strings.TrimRight(path, "/"), "/v1/traces")+"/v1/traces" {
			t.Fatalf("%s: %d spans, at %v, with %v", path, len(spans), r.paths, r.headers)
		}
		tree, split, count, open := spans[0], spans[1], spans[2], spans[3]
		for _, s := range spans {
			if !bytes.Equal(s.TraceId, tree.TraceId) || len(s.TraceId) != 16 {
				t.Errorf("%s is of another trace", s.Name)
			}
		}
		if tree.Name != "lines" || tree.Status.Code != wire.Status_STATUS_CODE_ERROR || tree.Status.Message != "count: task 5: bad" || len(tree.ParentSpanId) != 0 ||
			tree.StartTimeUnixNano != 1000e9 || tree.EndTimeUnixNano != 1000e9+50e6 {
			t.Errorf("the tree: %v", tree)
		}
		if !bytes.Equal(split.ParentSpanId, tree.SpanId) || hex.EncodeToString(split.SpanId) != "00000000000000a1" || split.Status.GetCode() == wire.Status_STATUS_CODE_ERROR {
			t.Errorf("the spout's tuple: %v", split)
		}
		if !bytes.Equal(count.ParentSpanId, split.SpanId) || len(count.Links) != 1 || hex.EncodeToString(count.Links[0].SpanId) != "00000000000000b1" ||
			count.Status.Message != "count: task 5: bad" || count.StartTimeUnixNano != 1000e9+3.5e6 || count.EndTimeUnixNano != 1000e9+20e6 {
			t.Errorf("the one that has failed: %v", count)
		}
		if open.EndTimeUnixNano != tree.EndTimeUnixNano {
			t.Errorf("the one that was not answered: %v", open)
		}
		want := map[string]string{
			"gstorm.component": "count", "gstorm.task": "5", "gstorm.source": "split", "gstorm.source_task": "4", "gstorm.stream": "words", "gstorm.node": "b", "gstorm.worker": "2",
			"process.pid": "55", "gstorm.outcome": "failed",
		}
		if diff := cmp.Diff(want, attributesOf(count)); diff != "" {
			t.Error(diff)
		}
		resource := attributesOf(&wire.Span{Attributes: r.got[0].Resource.Attributes})
		if diff := cmp.Diff(map[string]string{"service.name": "gstorm", "service.version": "1.2", "gstorm.topology": "words", "gstorm.cluster": "test"}, resource); diff != "" {
			t.Error(diff)
		}
	}
}

// TestJSONSaysTheSame: what can be downloaded is what a collector gets. The protocol's own reader takes it, but for ids.
func TestJSONSaysTheSame(t *testing.T) {
	r := newReceiver(t)
	e, err := New(t.Context(), r.URL, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	end := running(t, e)
	e.Add(of, failed())
	end()
	text, err := JSON(of, failed())
	if err != nil {
		t.Fatal(err)
	}
	var loose any
	if err := json.Unmarshal(text, &loose); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(base64IDs(loose))
	if err != nil {
		t.Fatal(err)
	}
	var read collector.ExportTraceServiceRequest
	if err := protojson.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	got := &collector.ExportTraceServiceRequest{ResourceSpans: r.got}
	for _, s := range append(r.spans(), read.ResourceSpans[0].ScopeSpans[0].Spans...) {
		s.Flags = 0 // which says no more than that it is sampled
		for _, l := range s.Links {
			l.Flags = 0
		}
		if s.Status.GetCode() == wire.Status_STATUS_CODE_UNSET {
			s.Status = nil
		}
	}
	if diff := cmp.Diff(got, &read, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// base64IDs has ids be as protojson wants them.
func base64IDs(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = base64IDs(v[i])
		}
	case map[string]any:
		for key, value := range v {
			if id, ok := value.(string); ok && (key == "traceId" || strings.HasSuffix(strings.ToLower(key), "spanid")) {
				b, _ := hex.DecodeString(id)
				value = base64.StdEncoding.EncodeToString(b)
			}
			v[key] = base64IDs(value)
		}
	}
	return v
}

// TestACollectorThatIsAway holds up nobody, and loses only traces; that is said once, and that it is there again.
func TestACollectorThatIsAway(t *testing.T) {
	r := newReceiver(t)
	r.be(true)
	log := &lines{news: make(chan struct{}, 1)}
	e, err := New(t.Context(), r.URL, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 5 * waitingTraces {
		e.Add(of, failed())
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("to give traces took %v", took)
	}
	end := running(t, e)
	log.await(t, "can't be sent")
	r.be(false)
	e.Add(of, failed()) // if there is no room for it, others wait still
	log.await(t, "again")
	end()
	if log.count("can't be sent") != 1 || log.count("again") != 1 || len(r.spans()) == 0 {
		t.Errorf("%d spans have come; it was said:\n%s", len(r.spans()), log.String())
	}
}

// lines is a log that can be read while it is written.
type lines struct {
	news chan struct{} // holds one when something was written

	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.news <- struct{}{}:
	default:
	}
	return l.b.Write(b)
}

// await waits until something was said.
func (l *lines) await(t *testing.T, what string) {
	t.Helper()
	limit := time.After(time.Minute)
	for l.count(what) == 0 {
		select {
		case <-l.news:
		case <-limit:
			t.Fatalf("%q is not said, but:\n%s", what, l.String())
		}
	}
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lines) count(what string) int { return strings.Count(l.String(), what) }

func TestWhereTracesGo(t *testing.T) {
	for _, test := range []struct {
		said string
		env  map[string]string
		want string
	}{
		{"", nil, ""},
		{"http://a:4318", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318", "OTEL_SDK_DISABLED": "true"}, "http://a:4318"},
		{"", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318"}, "http://b:4318"},
		{"", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/t"}, "http://c/t"},
		{"", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318", "OTEL_SDK_DISABLED": "True"}, ""},
		{"", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318", "OTEL_TRACES_EXPORTER": "none"}, ""},
	} {
		if got := Wanted(test.said, func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%q, %v: %q", test.said, test.env, got)
		}
	}
	for _, bad := range []string{"127.0.0.1:4318", "ftp://a", "http://", "://", "collector"} {
		if CheckURL(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
		if _, err := New(t.Context(), bad, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// FuzzJSON: whatever a trace has in it, its JSON can be read.
func FuzzJSON(f *testing.F) {
	f.Add("00000000000000a1", "00000000000000b1", "split", "bad\xff", 1.5, 2.5)
	f.Add("", "x", "", "", -1e300, 1e300)
	f.Fuzz(func(t *testing.T, id, parent, component, cause string, emitted, answered float64) {
		trace := failed()
		trace.Spans = append(trace.Spans, traces.Span{ID: id, Parents: []string{parent}, Component: component, Cause: cause, Outcome: "failed", Emitted: &emitted, Answered: &answered})
		text, err := JSON(of, trace)
		if err != nil || !json.Valid(text) {
			t.Errorf("%s: %v", text, err)
		}
	})
}
