package leader

import (
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// TestWorkersEndStageByStage, and one that has nothing left and is gone holds up nobody.
func TestWorkersEndStageByStage(t *testing.T) {
	topology := &fsm.Topology{Name: "t", ID: "t-1", Status: fsm.Killed, Placement: fsm.Placement{
		Epoch: 1, Shape: 1, Workers: []fsm.Worker{{ID: 1, Node: "a", Tasks: []int{1}}, {ID: 2, Node: "a", Tasks: []int{2}}},
	}}
	s := &fsm.State{Topologies: map[string]*fsm.Topology{"t": topology}}
	l := New(0, 1, &fsm.State{})
	now := time.Second
	ask := func(worker, ended int, over bool) message.Answer {
		return l.Ask(now, s, &message.Question{
			Topology: "t-1", Worker: worker, Node: "a", Life: "x", Shape: 1, Epoch: 1, Tasks: []int{worker}, Running: true, Over: over,
			Progress: message.Progress{Ended: ended, Stages: 2},
		})
	}
	ask(1, 0, false)
	if a := ask(2, 1, false); a.Ended != 0 {
		t.Errorf("%d stages have ended, of which worker 1 has none", a.Ended)
	}
	if a := ask(1, 1, false); a.Ended != 1 {
		t.Errorf("%d stages have ended, want 1", a.Ended)
	}
	ask(1, 2, true)
	if a := ask(2, 1, false); a.Ended != 1 {
		t.Errorf("%d stages have ended, want 1 as before worker 1 was gone", a.Ended)
	}
}
