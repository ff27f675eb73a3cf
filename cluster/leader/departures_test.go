package leader

import (
	"fmt"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// TestNodesThatWillNotComeBackAreForgotten: who is silent for long, and sooner who has said good-bye; nobody who has workers,
// and nobody who is back in time, whoever leads.
func TestNodesThatWillNotComeBackAreForgotten(t *testing.T) {
	s := &fsm.State{}
	apply := func(c fsm.Command) {
		t.Helper()
		if err := s.Apply(s.Revision+1, c); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"back", "dead", "here", "left", "used"} {
		apply(&fsm.AddNode{Node: fsm.Node{ID: id, Slots: 1}})
	}
	apply(&fsm.Submit{Name: "t", Status: fsm.Active})
	apply(&fsm.Place{Name: "t", Shape: 1, Workers: []fsm.Worker{{ID: 1, Node: "used", Tasks: []int{1}}}, NextWorker: 2})
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := time.Duration(0)
	l := New(now, 1, s)
	// later has some report at a time, and returns who is lost, and who is removed.
	later := func(at time.Duration, reports ...string) string {
		t.Helper()
		now = at
		for _, id := range reports {
			l.Report(now, s, &message.Report{Node: fsm.Node{ID: id, Slots: 1}})
		}
		told := ""
		for _, c := range append(l.arrivals(now, s), l.Departures(now, start.Add(now), s, Farewell{Reap: time.Hour, Left: map[string]bool{"left": true, "used": true}})...) {
			switch c := c.(type) {
			case *fsm.LoseNode:
				told += " lost " + c.ID
			case *fsm.AddNode:
				told += " back " + c.Node.ID
			case *fsm.RemoveNode:
				told += " removed " + c.ID
			}
			apply(c)
		}
		return told
	}
	for _, step := range []struct {
		at      time.Duration
		reports []string
		want    string
	}{
		{time.Second, []string{"here", "back"}, ""}, // others have had no time to report
		{10 * time.Second, []string{"here"}, " lost back lost dead lost left lost used"},
		{30 * time.Second, []string{"here"}, ""},
		{71 * time.Second, []string{"here", "back"}, " back back removed left"},
		{30 * time.Minute, []string{"here", "back"}, ""},
	} {
		if got := later(step.at, step.reports...); got != step.want {
			t.Errorf("after %v:%s, want%s", step.at, got, step.want)
		}
	}
	l = New(now, 2, s) // another one leads
	if got := later(61*time.Minute, "here", "back"); got != " removed dead" {
		t.Errorf("after an hour:%s", got)
	}
	apply(&fsm.Place{Name: "t", Epoch: s.Topologies["t"].Placement.Epoch, Shape: 1})
	if got := later(62*time.Minute, "here", "back") + fmt.Sprint(" ", len(s.Nodes)); got != " removed used 2" {
		t.Errorf("without workers:%s", got)
	}
}
