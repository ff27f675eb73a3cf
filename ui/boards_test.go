package ui

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
)

// trending is what two tasks of a board tell.
var trending = []stats.Metric{
	{Component: "count", Task: 4, Name: "gstorm.board", Value: json.RawMessage(`{"title":"Trending","show":["bars","stream"],"columns":["word","count"],"order":{"by":"number","top":2},"rows":[["storm",5],["rain",2]]}`)},
	{Component: "count", Task: 5, Name: "gstorm.board", Value: json.RawMessage(`{"order":{"by":"number"},"rows":[["<b>",3]]}`)},
}

func TestBoards(t *testing.T) {
	source, s, server := newTestServer(t)
	boards := server.URL + "/v1/topologies/words/boards"
	if _, text := ask(t, http.MethodGet, boards, ""); text != `{"boards":[]}` {
		t.Errorf("without one: %s", text)
	}
	s.forget()
	source.metrics = trending
	const board = `"id":"count","title":"Trending","show":["bars","stream"],"columns":["word","count"],"rows":[["storm",5],["\u003cb\u003e",3]],"tasks":2`
	if _, text := ask(t, http.MethodGet, boards, ""); text != `{"boards":[{`+board+`}]}` {
		t.Errorf("all: %s", text)
	}
	_, text := ask(t, http.MethodGet, boards+"/count", "")
	if !strings.HasPrefix(text, `{`+board+`,"topology":"words","now":"`) || !strings.Contains(text, `"series":[{"label":"\u003cb\u003e","values":[3]},{"label":"storm","values":[5]}]`) {
		t.Errorf("one: %s", text)
	}
	if _, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/view", ""); !strings.Contains(text, `"boards":[{"id":"count","title":"Trending"}]`) {
		t.Errorf("the topology does not tell of it: %s", text)
	}
	next, end := events(t, server.URL+"/v1/live?topology=words&board=count")
	defer end()
	if name, data := next(); name != "board" || !strings.Contains(data, board) || strings.Contains(data, "past") {
		t.Errorf("live: %s %s", name, data)
	}
	for path, want := range map[string]string{
		"/v1/topologies/words/boards/cuont":                   `there is no board "cuont", did you mean "count"?`,
		"/v1/topologies/words/boards/count?past=1":            `there is no parameter "past"`,
		"/v1/topologies/words/boards?x":                       `there is no parameter "x"`,
		"/v1/topologies/wrods/boards":                         `there is no topology "wrods"`,
		"/v1/live?topology=words&board=b":                     `there is no board "b", but [count]`,
		"/v1/live?board=count":                                "component and board need a topology",
		"/v1/live?topology=words&component=count&board=count": "exclude each other",
	} {
		if status, text := ask(t, http.MethodGet, server.URL+path, ""); status/100 != 4 || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), want) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// TestABoardIsThereFromTheBeginning: who opens its page before it has got anything waits there.
func TestABoardIsThereFromTheBeginning(t *testing.T) {
	source, _, server := newTestServer(t)
	source.plan.Component("count").Implementation = gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: "board"}
	if _, text := ask(t, http.MethodGet, server.URL+"/v1/topologies/words/boards", ""); text != `{"boards":[{"id":"count","title":"count","show":[],"columns":[],"rows":[],"tasks":0}]}` {
		t.Errorf("%s", text)
	}
}
