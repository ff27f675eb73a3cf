package ui

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/internal/stats"
)

// fakeRetries has one failure and one dead letter of words, and one letter of a topology that ran once.
type fakeRetries struct{ asked string }

func (f *fakeRetries) Failures(_ context.Context, t *Topology, _ int) (stats.Failures, error) {
	return stats.Failures{Total: 5, Kept: 1, Failures: []stats.Failure{{
		Message: `"m-1"`, Component: "lines", Task: 3, Times: 5, Cause: stats.FailureCause{Reason: "no <b>"}, Values: []stats.TapValue{{Field: "line", JSON: `"secret"`}},
	}}}, nil
}

func (f *fakeRetries) Letters(_ context.Context, name string, t *Topology, _ int) (*stats.DeadLetters, error) {
	if t == nil && name != "once" {
		return &stats.DeadLetters{}, nil
	}
	return &stats.DeadLetters{Max: 3, Total: 1, Letters: []stats.DeadLetter{{ID: "l1", Message: `"m-1"`, Values: []stats.TapValue{{Field: "line", JSON: `"secret"`}}}}}, nil
}

func (f *fakeRetries) Replay(_ context.Context, _ string, t *Topology, c stats.LetterChoice) (int, error) {
	if t == nil {
		return 0, nil
	}
	return f.Drop(context.Background(), t.Name, t, c)
}

func (f *fakeRetries) Drop(_ context.Context, name string, t *Topology, c stats.LetterChoice) (int, error) {
	if c.All || len(c.IDs) > 0 && c.IDs[0] == "l1" && (t != nil || name == "once") {
		f.asked += name + " "
		return 1, nil
	}
	return 0, nil
}

func TestFailuresAndDeadLetters(t *testing.T) {
	role := Admin
	source := newFakeSource(t)
	s := New(Options{Source: source, Logger: slog.New(slog.DiscardHandler), Every: 1, RoleOf: func(*http.Request) string { return role }})
	retries := &fakeRetries{}
	server := httptest.NewServer(s.Mount(s.Routes(), s.RunRoutes(NewLines("here")), s.RetryRoutes(retries)))
	t.Cleanup(server.Close)
	base := server.URL + "/v1/topologies/"
	for _, path := range []string{"words/failures", "words/dead-letters?last=5", "once/dead-letters"} {
		role = Operate
		status, text := ask(t, http.MethodGet, base+path, "")
		if status != http.StatusOK || !strings.Contains(text, `m-1`) || !strings.Contains(text, "secret") {
			t.Errorf("%s: %d %s", path, status, text)
		}
		role = Read
		status, text = ask(t, http.MethodGet, base+path, "")
		if status != http.StatusOK || strings.Contains(text, `m-1`) || strings.Contains(text, "secret") || !strings.Contains(text, `"values":null`) {
			t.Errorf("%s: who may only read gets %d %s", path, status, text)
		}
	}
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"words/dead-letters/replay", `{"ids":["l1"]}`, 200, `{"done":1}`},
		{"words/dead-letters/drop", `{"all":true}`, 200, `{"done":1}`},
		{"once/dead-letters/drop", `{"ids":["l1"]}`, 200, `{"done":1}`},
		{"once/dead-letters/replay", `{"ids":["l1"]}`, 404, `there is no topology`},
		{"words/dead-letters/drop", `{"ids":["l2"]}`, 404, `there is no dead letter`},
		{"words/dead-letters/drop", `{}`, 400, `say which`},
		{"words/dead-letters/drop", `{"all":true,"ids":["l1"]}`, 400, `say which`},
		{"words/dead-letters/drop", `{"al":true}`, 400, `can't be read`},
		{"wrods/dead-letters/drop", `{"ids":["l1"]}`, 404, `did you mean`},
	} {
		if status, text := ask(t, http.MethodPost, base+c.path, c.body); status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, text)
		}
	}
	if retries.asked != "words words once " {
		t.Error(retries.asked)
	}
	for path, want := range map[string]string{"wrods/failures": "did you mean", "wrods/dead-letters": "did you mean", "words/failures?lst=1": "did you mean", "words/dead-letters?last=0": "from 1 to 1000"} {
		if status, text := ask(t, http.MethodGet, base+path, ""); status/100 != 4 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	status, text := ask(t, http.MethodPost, base+"words/dead-letters/drop", `{"all":true}`, "Origin: http://elsewhere.example")
	if status != http.StatusForbidden {
		t.Errorf("a foreign page: %d %s", status, text)
	}
}
