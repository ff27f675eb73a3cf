package ui

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/storm-rest.md anew")

const stormDocument = "../docs/storm-rest.md"

// aboutStorm is what stands in docs/storm-rest.md before its table.
const aboutStorm = `# Storm's REST

` + "`gstorm run --ui`" + ` and every agent (unless it has ` + "`ui: false`" + `) answer the REST of Storm's UI under ` + "`/api/v1`" + `, so that what reads it
goes on working: exporters, dashboards, ` + "`sparse stats`" + `. This page is made of the test that compares both
(` + "`go test ./ui -run StormsREST -update`" + `); [openapi.json](../ui/openapi.json) has the parameters.

What differs:

- Counts are exact and not sampled (samplingPct is 100), and since the topology was submitted. In the three shorter windows
  they cover as much of the time as the agent that leads has seen: when another one comes to lead, these begin anew.
- Every task is an executor of its own. A window covers up to a 60th less than it is named for.
- executeLatency and processLatency are the same: from handing over a tuple to its ack or fail. They are those of the whole
  component, for each of its inputs too. A spout with several streams tells acks only for itself, not by stream.
- capacity is how much of the last 10 s the busiest task had something to do.
- What gstorm does not share out as Storm does (memory, CPU, generic resources, guarantees, replication) is there, and 0 or
  empty.
- A topology is found by its name too, and not only by its id. An error has the status that it is about (404, 400, 409), in
  Storm's form; Storm answers 500.
- A rebalance heeds its body, as Storm documents; Storm itself does not.
- The loggers of logconfig are the components, and ROOT (or no name) all of them. TRACE and ALL are debug, FATAL and OFF error. When its
  time is over a level is what it was before, whatever reset_level says.
- debug is not there. Logs are at /v1/topologies/NAME/logs, not in a log viewer of their own.
- Profiling answers as Storm does where it is switched off, but for restartworker: that gives the worker's tasks other processes,
  one after the other, with nothing lost; the worker itself goes on. All of it takes POST only: what a GET does any page that
  somebody reads could have done.
- No spout has the lag of a Kafka spout.
- A callback (JSONP) is refused to pages of other sites, and no CORS header lets them read anything.
- With tokens, requests need ` + "`Authorization: Bearer TOKEN`" + ` with the role read, those that change something operate.

| Storm | gstorm | fields that are missing |
|---|---|---|
`

// lookUp finds a field; found is false where it is missing.
func lookUp(v any, name string) (field any, found bool) {
	for part := range strings.SplitSeq(name, ".") {
		if list, ok := v.([]any); ok {
			if len(list) == 0 {
				return nil, false
			}
			v = list[0]
		}
		o, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = o[part]; !ok {
			return nil, false
		}
	}
	return v, true
}

// TestStormsREST compares what Storm answers with what gstorm does, and the comparison with the documentation.
func TestStormsREST(t *testing.T) {
	_, _, server := newTestServer(t)
	text, err := os.ReadFile("testdata/storm-rest.txt")
	if err != nil {
		t.Fatal(err)
	}
	document := strings.Builder{}
	document.WriteString(aboutStorm)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		method, path, fields := words[0], words[1], words[2:]
		status, answer := ask(t, method, server.URL+stormPath+path, "")
		var v any
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			t.Errorf("%s %s: %s", method, path, answer)
		}
		ours, missing := "yes", []string{}
		if told, _ := lookUp(v, "status"); told == "disabled" {
			ours, fields = "as where it is switched off", []string{"status", "message"}
		}
		switch {
		case status == http.StatusNotFound:
			ours, fields = "no", nil
		case status == http.StatusConflict && strings.Contains(path, "activate"): // the fake is active already
			fields = nil
		case status != http.StatusOK:
			_, said := lookUp(v, "errorMessage")
			if !said {
				t.Errorf("%s: %d %s", path, status, answer)
			}
			ours, fields = "an error that says why not", nil
		}
		for _, field := range fields {
			name, list := strings.CutSuffix(field, "[]")
			value, found := lookUp(v, name)
			if _, isList := value.([]any); !found || list && !isList {
				missing = append(missing, field)
			}
			if last := name[strings.LastIndex(name, ".")+1:]; strings.HasSuffix(last, "Latency") || last == "capacity" || strings.HasSuffix(last, "Util") {
				if _, isText := value.(string); found && !isText {
					t.Errorf("%s: %s is %v, in Storm it is a text", path, name, value)
				}
			}
		}
		fmt.Fprintf(&document, "| `%s %s` | %s | %s |\n", method, path, ours, strings.Join(missing, ", "))
	}
	if *update {
		if err := os.WriteFile(stormDocument, []byte(document.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(stormDocument)
	if err != nil || string(written) != document.String() {
		t.Errorf("docs/storm-rest.md is not what the test has found: go test ./ui -run StormsREST -update (%v)", err)
	}
}

func TestWhatStormTells(t *testing.T) {
	_, _, server := newTestServer(t)
	for path, want := range map[string]map[string]any{
		"/topology/words": {"name": "words", "id": "words-1", "status": "ACTIVE", "tasksTotal": 4.0, "msgTimeout": 30.0, "spouts.acked": 99.0, "spouts.completeLatency": "1.500",
			"topologyStats.windowPretty": "10m 0s", "topologyStats.acked": 99.0, "bolts.boltId": "split", "bolts.executed": 100.0, "workers.host": "node1", "workers.port": 40000.0},
		"/topology/words/component/count":          {"executorStats.id": "[1-1]", "inputStats.component": "split", "inputStats.executed": 700.0, "componentErrors.errorHost": "node1"},
		"/topology/words/component/lines":          {"outputStats.stream": "default", "outputStats.acked": 99.0, "componentType": "spout"},
		"/topology/words/metrics":                  {"spouts.emitted.value": 100.0, "bolts.executed.value": 700.0, "bolts.executed.component_id": "split", "window": ":all-time"},
		"/cluster/summary":                         {"slotsTotal": 4.0, "slotsUsed": 1.0, "slotsFree": 3.0, "executorsTotal": 4.0},
		"/nimbus/summary":                          {"nimbuses.status": "Leader", "nimbuses.port": 7760.0},
		"/topology/words?window=600&sys=1&_=12345": {"window": "600", "windowHint": "10m 0s"},
		"/topology/words/visualization":            {"count.:type": "bolt", "count.:inputs.:grouping": "fields(word)", "split.:transferred.default": 700.0},
	} {
		status, text := ask(t, http.MethodGet, server.URL+stormPath+path, "")
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil || status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
			continue
		}
		for name, value := range want {
			if got, _ := lookUp(v, name); got != value {
				t.Errorf("%s: %s is %v, want %v", path, name, got, value)
			}
		}
	}
	_, text := ask(t, http.MethodGet, server.URL+stormPath+"/topology/words", "")
	var v struct {
		Bolts []struct{ LastError string }
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil || v.Bolts[1].LastError != strings.Repeat("é", 200) {
		t.Errorf("the last error is not its first 200 letters: %v", v)
	}
}

func TestTimesAsStormWritesThem(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0s", 59.9: "59s", 358: "5m 58s", 600: "10m 0s", 86400: "1d 0h 0m 0s", 93784: "1d 2h 3m 4s"} {
		if got := pretty(seconds); got != want {
			t.Errorf("%g s: %q, want %q", seconds, got, want)
		}
	}
}
