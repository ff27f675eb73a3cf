package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/ui"
)

const endless = `name: words
spouts: [{id: w, className: org.apache.storm.testing.TestWordSpout, parallelism: 1}]
bolts: [{id: count, className: org.apache.storm.testing.TestWordCounter, parallelism: 1}]
streams: [{from: w, to: count, grouping: {type: SHUFFLE}}]
`

// get reads a JSON document. It returns the status.
func get(t *testing.T, url string, v any) int {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		t.Fatalf("%s: %v: %s", url, err, text)
	}
	return response.StatusCode
}

func metrics(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// startOnPage starts gstorm run --ui on a topology, words, that has no end, and waits until it is there. It returns the address
// of its page.
func startOnPage(t *testing.T, more ...string) (cmd *exec.Cmd, page string) {
	t.Helper()
	return startOnPageOf(t, endless, more...)
}

// startOnPageOf is startOnPage for another topology of the same name.
func startOnPageOf(t *testing.T, topology string, more ...string) (cmd *exec.Cmd, page string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "words.yaml")
	if err := os.WriteFile(file, []byte(topology), 0o600); err != nil {
		t.Fatal(err)
	}
	return startRun(t, "words", file, more...)
}

// startRun is startOnPage with any file's topology, whose name is given.
func startRun(t *testing.T, name, file string, more ...string) (cmd *exec.Cmd, page string) {
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
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(stderr)
	for page == "" && lines.Scan() {
		_, page, _ = strings.Cut(lines.Text(), "the page of this run is at ")
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	limit := time.After(2 * time.Minute)
	for get(t, page+"v1/topologies/"+name+"/view", new(ui.TopologyView)) != http.StatusOK {
		select {
		case <-look.C:
		case <-limit:
			t.Fatal("nothing runs")
		}
	}
	return cmd, page
}

// TestARunOnItsPage: what runs is shown, stopped, let go on and ended from its page.
func TestARunOnItsPage(t *testing.T) {
	cmd, page := startOnPage(t, "--watch")
	until := func(what string, so func(v *ui.TopologyView) bool) {
		t.Helper()
		look := time.NewTicker(50 * time.Millisecond)
		defer look.Stop()
		for limit := time.Now().Add(2 * time.Minute); ; <-look.C {
			var v ui.TopologyView
			if get(t, page+"v1/topologies/words/view", &v) == http.StatusOK && so(&v) {
				return
			}
			if time.Now().After(limit) {
				t.Fatalf("it does not come about that %s: %+v", what, v)
			}
		}
	}
	if !strings.HasPrefix(page, "http://127.0.0.1:") {
		t.Fatalf("the page is at %q", page)
	}
	until("it has counted", func(v *ui.TopologyView) bool { return v.Components[1].Totals.Executed > 0 })
	if text := metrics(t, page+"metrics"); !strings.Contains(text, "gstorm_component_executed_total{") {
		t.Errorf("no counts for Prometheus: %s", text)
	}
	if status := post(t, page+"v1/topologies/words/deactivate", `{"wait": -1}`); status != http.StatusNoContent {
		t.Errorf("deactivate: %d", status)
	}
	until("it can be activated", func(v *ui.TopologyView) bool {
		return v.Status == ui.Inactive && slices.Contains(v.Actions, ui.Activate)
	})
	if status := post(t, page+"v1/topologies/words/rebalance", `{"wait": -1}`); status != http.StatusConflict {
		t.Errorf("rebalance: %d", status)
	}
	if status := post(t, page+"v1/topologies/words/activate", `{"wait": -1}`); status != http.StatusNoContent {
		t.Errorf("activate: %d", status)
	}
	if status := post(t, page+"api/v1/topology/words/kill/60", ""); status != http.StatusOK {
		t.Errorf("kill: %d", status)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end of a run that was killed: %v", err)
	}
}

func TestThePortOfThePageIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	file := filepath.Join(t.TempDir(), "words.yaml")
	if err := os.WriteFile(file, []byte(endless), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	code := run(t.Context(), []string{"gstorm", "run", file, "--ui", listener.Addr().String()}, strings.NewReader(""), io.Discard, &errs)
	if code == 0 || !strings.Contains(errs.String(), "is taken, perhaps by another gstorm; say --ui :0") {
		t.Errorf("%d: %s", code, errs.String())
	}
}

func TestWhereThePageIs(t *testing.T) {
	p := &program{}
	for line, want := range map[string]string{
		"gstorm run a.yaml --ui":              "gstorm run --ui=127.0.0.1:7777 a.yaml",
		"gstorm run --ui a.yaml":              "gstorm run --ui=127.0.0.1:7777 a.yaml",
		"gstorm run a.yaml --ui :0 --watch":   "gstorm run --ui :0 --watch a.yaml",
		"gstorm run --ui 0.0.0.0:7777 a.yaml": "gstorm run --ui 0.0.0.0:7777 a.yaml",
		"gstorm run --ui [::1]:80 a.yaml":     "gstorm run --ui [::1]:80 a.yaml",
		"gstorm run --ui=:0 a.yaml":           "gstorm run --ui=:0 a.yaml",
		"gstorm top --run":                    "gstorm top --run=127.0.0.1:7777",
		"gstorm top --run words":              "gstorm top --run=127.0.0.1:7777 words",
		"gstorm top words --run :80 --once":   "gstorm top --run :80 --once words",
	} {
		if got, _ := arrange(p.app(), strings.Fields(line)); strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", line, strings.Join(got, " "), want)
		}
	}
	if got, err := listenAddress(":7000"); got != "127.0.0.1:7000" || err != nil {
		t.Errorf("a port alone is %s, %v: not of this machine alone", got, err)
	}
}

// TestEveryAgentShowsTheCluster: whichever agent is asked, the page is there, with what the leader has collected.
func TestEveryAgentShowsTheCluster(t *testing.T) {
	slow(t, "some seconds")
	c := newTestCluster(t, 3)
	for _, a := range c.agents {
		var o ui.Overview
		if status := get(t, "http://"+a.address+"/v1/overview", &o); status != http.StatusOK || o.Kind != ui.ClusterKind || len(o.Nodes) != 3 || o.Role != "admin" {
			t.Errorf("%d %+v", status, o)
		}
		var s struct{ Supervisors int }
		if status := get(t, "http://"+a.address+"/api/v1/cluster/summary", &s); status != http.StatusOK || s.Supervisors != 3 {
			t.Errorf("%d %+v", status, s)
		}
		if text := metrics(t, "http://"+a.address+"/metrics"); !strings.Contains(text, "gstorm_build_info{") {
			t.Errorf("nothing for Prometheus: %s", text)
		}
		response, err := http.Get("http://" + a.address + "/")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("the page: %d", response.StatusCode)
		}
		r, err := http.NewRequest(http.MethodPost, "http://"+a.address+"/v1/topologies/x/kill", strings.NewReader(`{"wait": 0}`))
		if err != nil {
			t.Fatal(err)
		}
		for header, want := range map[string]int{"": http.StatusForbidden, "1": http.StatusNotFound} {
			r.Header.Set("Origin", "http://"+a.address)
			r.Header.Set(ui.RequestHeader, header)
			r.Body = io.NopCloser(strings.NewReader(`{"wait": 0}`))
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != want {
				t.Errorf("a browser kills with the header %q: %d, want %d", header, response.StatusCode, want)
			}
		}
	}
}
