package seat

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/internal/loglevel"
)

// recorder is a worker that notes what it is told.
type recorder []string

func (r *recorder) note(what string)          { *r = append(*r, what) }
func (r *recorder) Run(context.Context) error { return nil }
func (r *recorder) SetPeers([]message.Peer)   { r.note("peers") }
func (r *recorder) Begin()                    { r.note("begin") }
func (r *recorder) Activate()                 { r.note("activate") }
func (r *recorder) Deactivate()               { r.note("deactivate") }
func (r *recorder) Drain(string)              { r.note("drain") }
func (r *recorder) EndStage(int)              {}
func (r *recorder) SetLogLevels(l []loglevel.Level) {
	if len(l) > 0 {
		r.note("level " + l[0].Level)
	}
}
func (r *recorder) Leave(string) { r.note("leave") }

func (r *recorder) Progress() (message.Progress, <-chan struct{}) {
	return message.Progress{Ready: true}, nil
}

func topology(status fsm.Status, epoch uint64, tasks ...int) *fsm.Topology {
	return &fsm.Topology{ID: "words-1", Status: status, Placement: fsm.Placement{
		Epoch: epoch, Shape: 1, Workers: []fsm.Worker{{ID: 1, Node: "a", Tasks: tasks}},
	}}
}

// TestTalk follows a worker from its first question to its end.
func TestTalk(t *testing.T) {
	const s = time.Second
	talk := NewTalk(topology(fsm.Active, 1, 1), 1, "a", "127.0.0.1:1", "life", 7)
	var worker recorder
	step := func(what string, asked, now time.Duration, a message.Answer, want Step, told ...string) {
		t.Helper()
		worker = nil
		if got := talk.Answered(asked, now, &a); got != want || !slices.Equal(worker, told) {
			t.Errorf("%s: step %d, the worker is told %v", what, got, worker)
		}
	}
	step("it is refused", 0, 0, message.Answer{Refused: "not yet"}, Wait)
	step("it gets a ticket", 0, 0, message.Answer{Ticket: 5}, Again)
	step("it gets other tasks", 0, 0, message.Answer{Topology: topology(fsm.Active, 2, 1, 2)}, Again)
	if q := talk.Question; q.Ticket != 5 || q.Epoch != 2 || !slices.Equal(q.Tasks, []int{1, 2}) {
		t.Errorf("it asks %+v", q)
	}
	step("its lease comes too late", s, 5*s, message.Answer{Lease: 3 * s}, Again)
	first := message.Answer{Lease: 3 * s, Revision: 9}
	step("its lease comes", 6*s, 7*s, first, Start)
	talk.Begin(&worker, &first)
	if talk.Progress(); !talk.Question.Running || !talk.Question.Ready || talk.Question.Peers != 9 {
		t.Errorf("it runs, and asks %+v", talk.Question)
	}
	step("all are there", 7*s, 7*s, message.Answer{Lease: 3 * s, Revision: 9, Begin: true}, Wait, "begin")
	step("its peers change", 8*s, 8*s, message.Answer{Lease: 3 * s, Revision: 10}, Again, "peers")
	louder := topology(fsm.Active, 3, 1, 2)
	louder.LogLevels = []loglevel.Level{{Component: "split", Level: "debug"}}
	step("a component is to say more", 9*s, 9*s, message.Answer{Lease: 3 * s, Revision: 10, Topology: louder}, Wait, "level debug")
	step("its topology rests", 9*s, 9*s, message.Answer{Lease: 3 * s, Revision: 10, Topology: topology(fsm.Killed, 4, 1, 2)}, Wait, "deactivate", "drain")
	for now, want := range map[time.Duration]Hold{11 * s: Runs, 11*s + 900*time.Millisecond: Ending, 12 * s: Lost} {
		if got := talk.Look(now); got != want {
			t.Errorf("at %s its hold is %d, want %d", now, got, want)
		}
	}
	step("it is to end in order", 9*s, 9*s, message.Answer{Lease: 3 * s, Revision: 10, End: "moved"}, Wait, "drain", "leave")
	step("it has no place", 10*s, 10*s, message.Answer{End: "gone"}, End)
}
