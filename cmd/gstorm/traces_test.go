package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	service "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/gstorm/gstorm/internal/traces"
	testlibraries "github.com/gstorm/gstorm/spec/libraries"
	"github.com/gstorm/gstorm/ui"
)

// mixedFiles are a topology in three languages, which has no end. Every tenth line fails twice before it is acked.
var mixedFiles = map[string]string{
	"mixed.rb": `require "gstorm"

class Lines < Gstorm::ReliableSpout
  output_fields :line

  def each_tuple
    (1..).each do |n|
      yield n % 10 == 0 ? "bad #{n}" : "good day"
      sleep 0.02
    end
  end
end

class Mixed < Gstorm::Topology
  spout Lines
  bolt(External["split.py:split"], parallelism: 2) { from Lines }
  bolt(External["count.js:count"]) { from :split, fields: :word }
  configure("mixed") { set "gstorm.trace.rate", 5 }
end
`,
	"split.py": `from gostorm import Topology, Spout, Stream, bolt

@bolt(["word", "line"])
def split(line):
    for word in line.split():
        yield [word, line]
`,
	"count.js": `import { bolt } from 'gstorm';

export const count = bolt([], () => {
  const tries = new Map();
  return {
    process({ word, line }) {
      if (word !== 'bad') return;
      const n = (tries.get(line) ?? 0) + 1;
      tries.set(line, n);
      if (n < 3) throw new Error('not yet');
      tries.delete(line);
    },
  };
});
`,
}

func writeMixed(t *testing.T) (file string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range mixedFiles {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "mixed.rb")
}

// awaitTraces waits until the traces of a kind at an address are as they shall be.
func awaitTraces(t *testing.T, address, kind string, so func(*ui.Traces) bool) *ui.Traces {
	t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	var list ui.Traces
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); <-look.C {
		list = ui.Traces{}
		if get(t, address+"?kind="+kind, &list) == http.StatusOK && so(&list) {
			return &list
		}
	}
	t.Fatalf("the traces that are waited for do not come: %+v", list)
	return nil
}

// traceShape is a trace, a line a tuple: which languages it went through, and what became of it.
func traceShape(trace *traces.Trace) string {
	line := map[string]int{}
	var lines []string
	for i, s := range trace.Spans {
		line[s.ID] = i + 1
		of := 0
		for _, p := range s.Parents {
			of = line[p]
		}
		lines = append(lines, fmt.Sprintf("%d: %s > %s %s", of, s.Source, s.Component, s.Outcome))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// checkTimes are what the times of a trace's tuples have to be.
func checkTimes(t *testing.T, trace *traces.Trace) {
	t.Helper()
	for _, s := range trace.Spans {
		if s.Emitted == nil || s.Handed == nil || s.Began == nil || s.Answered == nil || s.PID == 0 || s.Node == "" || s.Worker == 0 {
			t.Errorf("something is not known of %+v", s)
			continue
		}
		if *s.Emitted < 0 || *s.Handed < *s.Emitted || *s.Began < *s.Handed || *s.Answered < *s.Began || *s.Answered > trace.MS+1 {
			t.Errorf("of %v ms: emitted %v, handed %v, began %v, answered %v", trace.MS, *s.Emitted, *s.Handed, *s.Began, *s.Answered)
		}
	}
}

const (
	ackedShape  = "0: lines > split acked\n1: split > count acked\n1: split > count acked"
	failedShape = "0: lines > split acked\n1: split > count acked\n1: split > count failed"
)

// TestTheTracesOfARun: what became of each tuple, through three languages; a message that fails is followed until it is acked.
func TestTheTracesOfARun(t *testing.T) {
	needMixed(t)
	got := newCollector(t)
	cmd, page := startFileOnPage(t, writeMixed(t), "mixed", "--otlp", got.URL)
	at := page + "v1/topologies/mixed/traces"
	list := awaitTraces(t, at, "recent", func(l *ui.Traces) bool {
		return slices.ContainsFunc(l.Traces, func(t traces.Listed) bool { return t.Outcome == "acked" })
	})
	if list.Rate != 5 || list.Sampled == 0 {
		t.Errorf("%d per second, %d so far", list.Rate, list.Sampled)
	}
	var acked traces.Trace
	for _, l := range list.Traces {
		if l.Outcome == "acked" && get(t, at+"/"+l.Root, &acked) == http.StatusOK && acked.Values[0].Value == `"good day"` {
			break
		}
	}
	if traceShape(&acked) != ackedShape || acked.ClocksMS != 0 || strings.Join(acked.Components, " ") != "split count" {
		t.Errorf("a trace is %+v\n%s", acked, traceShape(&acked))
	}
	checkTimes(t, &acked)
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	shown, err := exec.Command(gstorm, "trace", "mixed", acked.Root, "--run", strings.Trim(strings.TrimPrefix(page, "http:"), "/")).CombinedOutput()
	if text := string(shown); err != nil || !strings.Contains(text, "trace "+acked.Root+" of lines, task") || !strings.Contains(text, "\n  count/") || !strings.Contains(text, `line = "good day"`) {
		t.Errorf("gstorm trace: %v: %s", err, text)
	}
	list = awaitTraces(t, at, "failed", func(l *ui.Traces) bool { return len(l.Traces) > 0 })
	var failed traces.Trace
	if get(t, at+"/"+list.Traces[0].Root, &failed) != http.StatusOK || traceShape(&failed) != failedShape || !strings.Contains(failed.Cause, "count: task ") || failed.Outcome != "failed" {
		t.Errorf("a failed trace is %+v\n%s", failed, traceShape(&failed))
	}
	// The same message, again: what had failed is acked in the end, and can be seen.
	awaitTraces(t, at, "recent", func(l *ui.Traces) bool {
		for _, listed := range l.Traces {
			var again traces.Trace
			if listed.Outcome == "acked" && get(t, at+"/"+listed.Root, &again) == http.StatusOK && strings.HasPrefix(again.Values[0].Value, `"bad `) {
				return true
			}
		}
		return false
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if !got.has(func(s *wire.Span) bool {
		return hex.EncodeToString(s.SpanId) == failed.Spans[2].ID && s.Status.GetCode() == wire.Status_STATUS_CODE_ERROR
	}) && !got.has(func(s *wire.Span) bool {
		return hex.EncodeToString(s.SpanId) == failed.Spans[1].ID && s.Status.GetCode() == wire.Status_STATUS_CODE_ERROR
	}) {
		t.Errorf("the collector has not got the tuple that has failed, among %d spans", len(got.spans))
	}
}

// collector takes traces as OpenTelemetry's collector does, and keeps their spans.
type collector struct {
	*httptest.Server
	mu    sync.Mutex // guards spans
	spans []*wire.Span
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var sent service.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(text, &sent)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) has(which func(*wire.Span) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.spans, which)
}

// needMixed skips the test where it can't be run in a moment, or not all languages are there.
func needMixed(t *testing.T) {
	t.Helper()
	slow(t, "some seconds")
	testlibraries.Programs(t, "ruby", "python3", "node")
	t.Parallel()
}

// startFileOnPage is startOnPage for a file.
func startFileOnPage(t *testing.T, file, name string, more ...string) (cmd *exec.Cmd, page string) {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(gstorm, append([]string{"run", file, "--ui", ":0", "--summary", "none"}, more...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait()
		}
	})
	lines := bufio.NewScanner(stderr)
	for page == "" && lines.Scan() {
		if _, page, _ = strings.Cut(lines.Text(), "the page of this run is at "); page == "" {
			t.Log(lines.Text())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(2 * time.Minute); get(t, page+"v1/topologies/"+name+"/view", new(json.RawMessage)) != http.StatusOK; <-look.C {
		if time.Now().After(limit) {
			t.Fatal("nothing runs")
		}
	}
	return cmd, page
}

// TestTheTracesOfACluster: the tuples of one tree are at two nodes, and any agent has its trace.
func TestTheTracesOfACluster(t *testing.T) {
	needMixed(t)
	got := newCollector(t)
	c := prepareTestCluster(t, 3)
	for _, agent := range c.agents {
		agent.more = append(agent.more, "--otlp", got.URL)
	}
	c.startAll()
	c.must("submit", writeMixed(t), "--set", "topology.workers=2")
	for i, agent := range c.agents[:2] {
		at := "http://" + agent.address + "/v1/topologies/mixed/traces"
		list := awaitTraces(t, at, "recent", func(l *ui.Traces) bool {
			return slices.ContainsFunc(l.Traces, func(t traces.Listed) bool { return t.Outcome == "acked" && len(t.Nodes) == 2 && t.Spans == 3 })
		})
		for _, l := range list.Traces {
			var acked traces.Trace
			if l.Outcome != "acked" || len(l.Nodes) < 2 || get(t, at+"/"+l.Root, &acked) != http.StatusOK {
				continue
			}
			if traceShape(&acked) != ackedShape {
				t.Errorf("agent %d: a trace is %+v\n%s", i, acked, traceShape(&acked))
			}
			checkTimes(t, &acked)
			break
		}
	}
	at := "http://" + c.agents[0].address + "/v1/topologies/mixed/traces"
	awaitTraces(t, at, "failed", func(l *ui.Traces) bool { return len(l.Traces) > 0 })
	if listed := c.must("trace", "mixed", "--kind", "failed"); !strings.Contains(listed, "lines > split > count  count: task ") {
		t.Errorf("gstorm trace: %s", listed)
	}
	for _, test := range []struct{ args, want string }{
		{"mixed 1-1x", `there is no trace "1-1x"`},
		{"mixde", `there is no topology "mixde", did you mean "mixed"?`},
		{"mixed --kind newest", "--kind is \"newest\", expected recent, slowest, failed"},
		{"mixed --otlp", "--otlp is for one trace"},
	} {
		if _, stderr, err := c.run(append([]string{"trace"}, strings.Fields(test.args)...)...); err == nil || !strings.Contains(stderr, test.want) {
			t.Errorf("trace %s: %v: %s", test.args, err, stderr)
		}
	}
	c.until("the collector has a tuple of each node", func() bool {
		nodes := map[string]bool{}
		got.has(func(s *wire.Span) bool {
			for _, a := range s.Attributes {
				if a.Key == "gstorm.node" {
					nodes[a.Value.GetStringValue()] = true
				}
			}
			return false
		})
		return len(nodes) == 2
	})
	c.must("kill", "mixed", "-w", "0")
}
