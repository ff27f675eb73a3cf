package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	testlibraries "github.com/gstorm/gstorm/spec/libraries"
)

// prometheus is a real Prometheus server that scrapes pages.
type prometheus struct {
	*testing.T
	url string
}

// installed is a program of Prometheus: of this machine, or where scripts/setup-libraries has put it.
func installed(t *testing.T, program string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	return filepath.Join(testlibraries.Find(t, "prometheus"), "usr", "bin", program)
}

// startPrometheus waits until each page was scraped twice, so that there is something to make rates of.
func startPrometheus(t *testing.T, pages []string) *prometheus {
	t.Helper()
	program, folder, address := installed(t, "prometheus"), t.TempDir(), freeAddress(t)
	var targets []string
	for _, page := range pages {
		targets = append(targets, strings.Trim(strings.TrimPrefix(page, "http://"), "/"))
	}
	config, err := json.Marshal(map[string]any{ // which is YAML, too
		"global": map[string]any{"scrape_interval": "1s", "scrape_timeout": "1s"},
		"scrape_configs": []any{map[string]any{
			"job_name": "gstorm", "static_configs": []any{map[string]any{"targets": targets}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address="+address, "--log.level=warn")
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("Prometheus says:\n%s", log.String())
		}
	})
	p := &prometheus{t, "http://" + address}
	p.until("it has scraped all", fmt.Sprintf("count(sum_over_time(up[5m]) >= 2) == %d", len(pages)))
	return p
}

// sample is one of the answer to a query.
type sample struct {
	Metric map[string]string
	Value  [2]any // when, what
}

func (s *sample) value(t *testing.T) float64 {
	t.Helper()
	text, _ := s.Value[1].(string)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// query asks for what there is now. The error is that of the query itself; a server that is not there yet has nothing.
func (p *prometheus) query(promQL string) ([]sample, error) {
	p.Helper()
	response, err := http.PostForm(p.url+"/api/v1/query", url.Values{"query": {promQL}})
	if err != nil {
		return nil, nil
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusServiceUnavailable {
		return nil, nil
	}
	var answer struct {
		Error string
		Data  struct{ Result []sample }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		p.Fatal(err)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s", answer.Error)
	}
	return answer.Data.Result, nil
}

// until waits until a query has an answer.
func (p *prometheus) until(what, promQL string) []sample {
	p.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for limit := time.Now().Add(2 * time.Minute); ; <-again.C {
		found, err := p.query(promQL)
		if err != nil {
			p.Errorf("%s: %v", what, err)
			return nil
		}
		if len(found) > 0 {
			return found
		}
		if time.Now().After(limit) {
			p.Errorf("%s: nothing comes of %s", what, promQL)
			return nil
		}
	}
}

// scrapedAccount is what a Prometheus server says of what it scraped, if there is one here. What it is given is checked by its own
// promtool, and all that the dashboard asks it has an answer.
func scrapedAccount(t *testing.T, pages ...string) (accounts []account) {
	t.Helper()
	t.Run("by a Prometheus server", func(t *testing.T) {
		p := startPrometheus(t, pages)
		f := figures{}
		for _, s := range p.until("counts", `last_over_time({__name__=~"gstorm_.+"}[5m])`) {
			f.sample(s.Metric["__name__"], s.Metric, s.value(t))
		}
		accounts = append(accounts, account{"a Prometheus server", f, everyKind[1:]})
		for _, page := range pages {
			check := exec.Command(installed(t, "promtool"), "check", "metrics")
			check.Stdin = strings.NewReader(metrics(t, page+"metrics"))
			if text, err := check.CombinedOutput(); err != nil || len(text) > 0 {
				t.Errorf("promtool says of %s: %v: %s", page, err, text)
			}
		}
		for _, q := range dashboardQueries(t) {
			p.until("the dashboard's "+q.panel, q.expr)
		}
	})
	return accounts
}

type dashboardQuery struct{ panel, expr string }

// labelValues is how a dashboard asks for the values of a variable.
var labelValues = regexp.MustCompile(`^label_values\((.*), (\w+)\)$`)

// dashboardQueries are all that docs/grafana.json asks, with all of everything chosen.
func dashboardQueries(t *testing.T) (queries []dashboardQuery) {
	t.Helper()
	type panel struct {
		Title   string
		Targets []struct{ Expr string }
		Panels  []panel
	}
	var dashboard struct {
		Panels     []panel
		Templating struct {
			List []struct {
				Name, Type string
				Query      json.RawMessage
			}
		}
	}
	readJSON(t, "../../docs/grafana.json", &dashboard)
	chosen := strings.NewReplacer("$__rate_interval", "1m", "$job", ".*", "$cluster", ".*", "$topology", ".*", "$component", ".*")
	for _, v := range dashboard.Templating.List {
		if v.Type != "query" {
			continue
		}
		var q struct{ Query string }
		if err := json.Unmarshal(v.Query, &q); err != nil {
			t.Fatal(err)
		}
		asked := labelValues.FindStringSubmatch(q.Query)
		if asked == nil {
			t.Fatalf("the variable %s is asked for as %s", v.Name, q.Query)
		}
		queries = append(queries, dashboardQuery{"variable " + v.Name, chosen.Replace("count by (" + asked[2] + ") (" + asked[1] + ")")})
	}
	var add func(list []panel)
	add = func(list []panel) {
		for _, p := range list {
			for _, target := range p.Targets {
				expr := chosen.Replace(target.Expr)
				if strings.Contains(expr, "$") {
					t.Errorf("%s asks for something that this test does not know: %s", p.Title, expr)
				}
				queries = append(queries, dashboardQuery{p.Title, expr})
			}
			add(p.Panels)
		}
	}
	if add(dashboard.Panels); len(queries) < 20 {
		t.Fatalf("the dashboard asks %v", queries)
	}
	return queries
}
