package fsm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestScripts applies commands, as they are in the log, and prints the answers of those that were refused and the state that
// they leave. "again" begins a state with no commands; "snapshot" goes on with what a snapshot has kept.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		s := &State{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "apply":
				return apply(s, d.Input) + show(s)
			case "again":
				s = &State{}
			case "snapshot":
				s = throughSnapshot(t, s)
			default:
				d.Fatalf(t, "no such command")
			}
			return show(s)
		})
	})
}

func apply(s *State, lines string) string {
	var out strings.Builder
	for line := range strings.Lines(lines) {
		before := s.Clone()
		c, err := Decode([]byte(line))
		if err == nil {
			if err = s.Apply(s.Revision+1, c); err != nil && show(before) != show(s) {
				out.WriteString("refused, and has changed something:\n")
			}
		}
		if err != nil {
			fmt.Fprintf(&out, "%T: %v\n", err, err)
		}
	}
	return out.String()
}

func throughSnapshot(t *testing.T, s *State) *State {
	var text bytes.Buffer
	if _, err := s.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	read, err := ReadState(&text)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// show prints a state, a line for each node, topology and worker.
func show(s *State) string {
	var out strings.Builder
	for _, id := range slices.Sorted(maps.Keys(s.Nodes)) {
		n := s.Nodes[id]
		fmt.Fprintf(&out, "node %s %s slots=%d draining=%v", n.ID, n.Address, n.Slots, n.Draining)
		if !n.Lost.IsZero() {
			fmt.Fprintf(&out, " lost=%s", n.Lost.Format("15:04:05"))
		}
		out.WriteString("\n")
	}
	for _, t := range s.Sorted() {
		fmt.Fprintf(&out, "%s %s %s version=%d shape=%d epoch=%d file=%s", t.Name, t.ID, t.Status, t.Version, t.Shape, t.Placement.Epoch, t.Source.File)
		if t.Workers > 0 {
			fmt.Fprintf(&out, " workers=%d", t.Workers)
		}
		if len(t.Parallelism) > 0 {
			text, _ := json.Marshal(t.Parallelism)
			fmt.Fprintf(&out, " parallelism=%s", text)
		}
		if t.Resting() {
			fmt.Fprintf(&out, " rest=%s", t.Rest.Format("15:04:05"))
		}
		if len(t.LogLevels) > 0 {
			text, _ := json.Marshal(t.LogLevels)
			fmt.Fprintf(&out, " log=%s", text)
		}
		if t.Previous != nil {
			fmt.Fprintf(&out, " previous=%s", t.Previous.File)
		}
		out.WriteString("\n")
		for _, w := range t.Placement.Workers {
			fmt.Fprintf(&out, "  shape %d worker %d on %s: %v\n", t.Placement.Shape, w.ID, w.Node, w.Tasks)
		}
	}
	for _, e := range s.Ended {
		fmt.Fprintf(&out, "ended: %s at %s, %s", e.ID, e.At.Format("15:04:05"), &e.Ending)
		if e.Trees != nil {
			fmt.Fprintf(&out, ", trees %+v", *e.Trees)
		}
		out.WriteString("\n")
	}
	if out.Len() == 0 {
		return "nothing\n"
	}
	return out.String()
}

// What was written by another version must not be taken for something else.
func TestForeignSnapshotsAndCommands(t *testing.T) {
	for text, want := range map[string]string{
		`{"gstorm_state":2,"state":{}}`: "has format 2, this gstorm reads 1",
		`{"gstorm_state":1}`:            "has format 1",
		`{}`:                            "has format 0",
		`not JSON`:                      "can't be read",
	} {
		if _, err := ReadState(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// What is remembered of topologies that are no more is bounded, and the last of a name counts.
func TestEndedTopologiesAreRememberedForAWhile(t *testing.T) {
	s := &State{}
	apply := func(c Command) {
		t.Helper()
		if err := s.Apply(s.Revision+1, c); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 150 {
		apply(&Submit{Name: "words", Status: Active})
		apply(&Kill{Name: "words", Ending: Ending{How: Failed, Why: fmt.Sprint("reason ", i+1)}})
		apply(&Kill{Name: "words", Ending: Ending{How: ByKill, By: "alice"}}) // it was ending already
		apply(&Remove{Name: "words", ID: fmt.Sprint("words-", i+1)})
	}
	if len(s.Ended) != 100 || s.Ended[0].ID != "words-51" {
		t.Fatalf("%d are remembered, the first is %s", len(s.Ended), s.Ended[0].ID)
	}
	for name, want := range map[string]string{"words": "failed: reason 150", "words-60": "failed: reason 60"} {
		if e, err := s.Past(name); err != nil || e.Ending.String() != want {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
	if _, err := s.Past("words-50"); err == nil {
		t.Error("words-50 is remembered")
	}
}

// A command that was applied is not applied again: a voter reads its log from the last snapshot on when it starts.
func TestApplyOnce(t *testing.T) {
	s := &State{}
	c := &Submit{Name: "words", Status: Active}
	for _, index := range []uint64{7, 7, 5} {
		if err := s.Apply(index, c); err != nil {
			t.Error(err)
		}
	}
	if s.Revision != 7 || s.Submitted != 1 {
		t.Errorf("revision %d, %d submitted", s.Revision, s.Submitted)
	}
}

// FuzzDecode: whatever is in the log, it is a command or an error, and a command is the same when written and read again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"do":"submit","with":{"name":"words","status":"active"}}`))
	f.Add([]byte(`{"do":"place","with":{"name":"words","workers":[{"id":1,"node":"a","tasks":[1]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Decode(text)
		if err != nil {
			return
		}
		written, err := Encode(c)
		if err != nil {
			return // a time that JSON can't hold
		}
		again, err := Decode(written)
		if err != nil {
			t.Fatal(err)
		}
		rewritten, err := Encode(again)
		if err != nil || !bytes.Equal(written, rewritten) {
			t.Fatalf("%s became %s (%v)", written, rewritten, err)
		}
		s := &State{}
		_ = s.Apply(1, c) // refused or not
	})
}
