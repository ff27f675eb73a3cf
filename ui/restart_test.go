package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
)

func TestRestarts(t *testing.T) {
	source, s, server := newTestServer(t)
	source.plan.Components[2].Implementation = gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: "log"}
	builtin, file := source.plan.Components[2].ID, source.plan.Component("lines")
	for _, c := range []struct{ path, want string }{
		{"tasks/99/restart", `{"kind":"not_found","error":"words has no task 99, but 1 to 4"}`},
		{"tasks/x/restart", `{"kind":"not_found","error":"words has no task x, but 1 to 4"}`},
		{"components/lins/restart", `{"kind":"not_found","error":"there is no component \"lins\", did you mean \"lines\"?"}`},
		{"components/lines/restart?force=1", `{"kind":"invalid","error":"there is no parameter \"force\""}`},
		{"components/" + builtin + "/restart", `{"kind":"conflict","error":"component \"` + builtin + `\" is Go code inside of gstorm: its tasks have no processes of their own that others could replace"}`},
		{"components/lines/restart", `{"tasks":[` + strconv.Itoa(file.TaskIDs[0]) + `]}`},
		{"tasks/" + strconv.Itoa(file.TaskIDs[0]) + "/restart", `{"task":` + strconv.Itoa(file.TaskIDs[0]) + `}`},
	} {
		if _, text := ask(t, http.MethodPost, server.URL+"/v1/topologies/words/"+c.path, ""); text != c.want {
			t.Errorf("%s: %s, want %s", c.path, text, c.want)
		}
	}
	if want := strings.Repeat("words-1 restart "+strconv.Itoa(file.TaskIDs[0])+";", 2); strings.Join(source.changes, ";")+";" != want {
		t.Errorf("done: %q, want %q", source.changes, want)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recordOf(&source.Look().Topologies[0])
	for _, c := range []struct {
		id   string
		want []string
	}{{"lines", []string{LogLevel, Restart}}, {builtin, []string{LogLevel}}} {
		if got := viewDetail(r, c.id, nil, true).Actions; !slices.Equal(got, c.want) {
			t.Errorf("%s: what can be done is %q, want %q", c.id, got, c.want)
		}
		if got := viewDetail(r, c.id, nil, false).Actions; len(got) > 0 {
			t.Errorf("%s: who may not change it is offered %q", c.id, got)
		}
	}
}

// TestTasksAreRestartedOneAfterTheOther: each when the one before has another process; and none after one that does not come back.
func TestTasksAreRestartedOneAfterTheOther(t *testing.T) {
	source, s, _ := newTestServer(t)
	split := source.plan.Component("split")
	synctest.Test(t, func(t *testing.T) {
		s.restarts = newRestarts()
		ctx, cancel := context.WithCancel(t.Context())
		go s.RunRestarts(ctx)
		stuck := func(task int) {
			source.mu.Lock()
			defer source.mu.Unlock()
			source.stuck = task
		}
		done := func() []string {
			source.mu.Lock()
			defer source.mu.Unlock()
			return slices.Clone(source.changes)
		}
		stuck(split.TaskIDs[0])
		restart := func() error {
			return s.restartInTurn(ctx, &source.Look().Topologies[0], "split", split.TaskIDs)
		}
		if err := restart(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if err := restart(); err == nil || !strings.Contains(err.Error(), "restarted already") {
			t.Errorf("while it is: %v", err)
		}
		if len(done()) != 1 {
			t.Errorf("before the first is there again: %q", done())
		}
		time.Sleep(time.Hour)
		if len(done()) != 1 {
			t.Errorf("after one that has not come back: %q", done())
		}
		stuck(0)
		if err := restart(); err != nil {
			t.Errorf("later: %v", err)
		}
		time.Sleep(10 * time.Second)
		if len(done()) != 3 {
			t.Errorf("the others: %q", done())
		}
		cancel()
		synctest.Wait()
	})
}
