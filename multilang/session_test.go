package multilang

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"
)

// TestSessionScripts plays conversations. "spout" and "bolt" begin one, with "offer" for one that offers the extension;
// "write" asks for each of the frames whether it may be written, "commands" for n at once; "receive" gives the session what a component writes;
// "abandon" stops waiting.
func TestSessionScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/session", func(t *testing.T, path string) {
		var s *Session
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "spout":
				s = NewSession(Spout, scriptOffer(d))
				return ""
			case "bolt":
				s = NewSession(Bolt, scriptOffer(d))
				return ""
			case "write":
				return scriptWrite(t, s, d)
			case "commands":
				var n int
				var last string
				d.ScanArgs(t, "n", &n)
				d.ScanArgs(t, "last", &last)
				if err := s.WriteCommands(n, Frame(slices.Index(frameNames[:], last))); err != nil {
					return err.Error() + "\n" + scriptState(s)
				}
				return scriptState(s)
			case "receive":
				return scriptReceive(s, d.Input)
			case "abandon":
				f, ok := s.Abandon()
				return fmt.Sprintf("%v %v\n", f, ok)
			}
			d.Fatalf(t, "no such command: %s", d.Cmd)
			return ""
		})
	})
}

func scriptOffer(d *datadriven.TestData) *Extension {
	if d.HasArg("offer") {
		return Offer()
	}
	return nil
}

func scriptWrite(t *testing.T, s *Session, d *datadriven.TestData) string {
	var out strings.Builder
	for _, arg := range d.CmdArgs {
		f := slices.Index(frameNames[:], strings.ReplaceAll(arg.Key, "_", " "))
		if f < 0 {
			d.Fatalf(t, "no such frame: %s", arg.Key)
		}
		if err := s.Write(Frame(f)); err != nil {
			fmt.Fprintf(&out, "%s: %v\n", arg.Key, err)
		} else {
			fmt.Fprintf(&out, "%s: yes\n", arg.Key)
		}
	}
	return out.String() + scriptState(s)
}

func scriptReceive(s *Session, lines string) string {
	var out strings.Builder
	r := NewReader(strings.NewReader(strings.ReplaceAll(lines+"\n", "\n", frameEnd)), ReaderOptions{})
	var m Message
	for r.Next(&m) == nil {
		e := s.Receive(&m)
		fmt.Fprintf(&out, "%v: %v", m.Command, e.Verdict)
		if e.TaskIDs {
			out.WriteString(", task ids owed")
		}
		if e.Verdict == Done {
			fmt.Fprintf(&out, " with %v", e.Ended)
		}
		if e.Left > 0 {
			fmt.Fprintf(&out, ", %d left", e.Left)
		}
		out.WriteString("\n")
	}
	return out.String() + scriptState(s)
}

func scriptState(s *Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "= ready=%v", s.Ready())
	if f, ok := s.Outstanding(); ok {
		fmt.Fprintf(&b, " outstanding=%v", f)
	}
	if s.Finished() {
		b.WriteString(" finished")
	}
	if n := s.Surplus(); n > 0 {
		fmt.Fprintf(&b, " surplus=%d", n)
	}
	if x := s.Extension(); x != nil {
		fmt.Fprintf(&b, " extension=v%d%v", x.V, x.Features)
	}
	return b.String() + "\n"
}

// Whatever a component says and a host tries: nothing is written before the pid, no command before those that were written
// at once before it are answered, and no array of task ids is written that it does not wait for, but for those
// ahead, which are the answers to the next emits that ask.
func TestSessionRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Spout, Bolt}).Draw(t, "kind")
		s := NewSession(kind, Offer())
		pid, asked, owed, ahead := false, 0, 0, 0
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				f := Frame(rapid.IntRange(0, len(frameNames)-1).Draw(t, "frame"))
				n := 1
				write := s.Write
				if rapid.Bool().Draw(t, "several") {
					n = rapid.IntRange(1, 3).Draw(t, "n")
					write = func(f Frame) error { return s.WriteCommands(n, f) }
				}
				if write(f) != nil || f == HandshakeFrame {
					return
				}
				switch {
				case !pid:
					t.Fatalf("%v was written before the pid", f)
				case f == TaskIDsFrame:
					owed--
				case f != TupleFrame && asked > 0:
					t.Fatalf("%v was written while %d answers were to come", f, asked)
				case f != TupleFrame:
					asked += n
				}
				if f.isCommand() != (kind == Spout) && f != TaskIDsFrame {
					t.Fatalf("%v was written to a component of kind %d", f, kind)
				}
			},
			"write ahead": func(t *rapid.T) {
				n := rapid.IntRange(1, 3).Draw(t, "answers")
				switch err := s.WriteAhead(n); {
				case err == nil && (!pid || owed > 0):
					t.Fatalf("task ids were written ahead: pid %v, %d arrays owed", pid, owed)
				case err == nil:
					ahead += n
				case pid && owed == 0:
					t.Fatal(err)
				}
			},
			"receive": func(t *rapid.T) {
				m := Message{Command: Command(rapid.IntRange(0, int(Finished)).Draw(t, "command")), NeedTaskIDs: rapid.Bool().Draw(t, "ids")}
				e := s.Receive(&m)
				pid = pid || e.Verdict == Ready
				switch asks := m.Command == Emit && m.NeedTaskIDs; {
				case e.TaskIDs != (asks && ahead == 0):
					t.Fatalf("task ids owed: %v, with %d arrays written ahead", e.TaskIDs, ahead)
				case e.TaskIDs:
					owed++
				case asks:
					ahead--
				}
				if e.Verdict == Done || e.Verdict == Alive {
					asked--
					if e.Left != asked {
						t.Fatalf("%d answers are to come, not %d", asked, e.Left)
					}
				}
			},
			"": func(t *rapid.T) {
				if _, waiting := s.Outstanding(); asked < 0 || waiting != (asked > 0) || owed < 0 {
					t.Fatalf("%d questions without an answer (session says %v), %d arrays owed", asked, waiting, owed)
				}
			},
		})
	})
}

// TestCredit: a next with credit is a command like others, for those who agreed on batches.
func TestCredit(t *testing.T) {
	agreed := func(features string) *Session {
		s := NewSession(Spout, Offer())
		if err := s.Write(HandshakeFrame); err != nil {
			t.Fatal(err)
		}
		if err := s.WriteCredit(1, false); err != ErrNotReady {
			t.Errorf("before the pid: %v", err)
		}
		s.Receive(&Message{Command: Pid, Extension: []byte(`{"v":1,"features":` + features + `}`)})
		return s
	}
	if err := agreed(`["finished"]`).WriteCredit(1, false); err != ErrWrongFrame {
		t.Errorf("where batches were not agreed on: %v", err)
	}
	s := agreed(`["finished","batch"]`)
	steps := []struct {
		n     int
		fails bool
		want  error
	}{{5, false, nil}, {1, false, ErrFinished}, {0, false, nil}, {5, true, nil}}
	for i, step := range steps {
		if err := s.WriteCredit(step.n, step.fails); err != step.want {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
		if step.want != nil {
			continue
		}
		if err := s.WriteCredit(0, false); err != ErrBusy {
			t.Errorf("step %d, unanswered: %v", i, err)
		}
		s.Receive(&Message{Command: Finished})
		if e := s.Receive(&Message{Command: Sync}); e.Verdict != Done || e.Ended != NextFrame {
			t.Errorf("step %d: the sync is %+v", i, e)
		}
	}
}
