package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTap(t *testing.T) {
	_, _, server := newTestServer(t)
	status, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/tap?component=split&stream=default&rate=20&where=n+%3E+1", "")
	want := `{"tuple":{"time":"0001-01-01T00:00:00Z","component":"split","task":0,"stream":"default","values":[],"targets":[20]}}`
	if first, second, _ := strings.Cut(text, "\n"); status != http.StatusOK || first != want || !strings.HasSuffix(second, "n \\u003e 1\"}\n") {
		t.Errorf("%d %s", status, text)
	}
	for query, want := range map[string]string{
		"":                                "say of which component: component=ID",
		"component=splat":                 `there is no component "splat", did you mean "split"?`,
		"component=split&stream=defualt":  `there is no stream "defualt", did you mean "default"?`,
		"component=split&task=99":         `component "split" has no task 99`,
		"component=split&rate=0":          `rate is "0": a number from 1 to 1000 is expected`,
		"component=split&rate=NaN":        `rate is "NaN"`,
		"component=split&wher=x":          `there is no parameter "wher", did you mean "where"?`,
		"component=split&component=split": `said 2 times`,
		"component=split&where=%3F":       "where: it makes no sense",
		"component=split&where=" + strings.Repeat("a", 5000): "where has 5000 bytes: at most 4096 are taken",
	} {
		status, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/tap?"+query, "")
		if status/100 != 4 || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), want) {
			t.Errorf("%.80s: %d %s", query, status, text)
		}
	}
	if status, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/"+url.PathEscape("wrods")+"/tap?component=split", ""); status != http.StatusNotFound {
		t.Errorf("%d %s", status, text)
	}
}
