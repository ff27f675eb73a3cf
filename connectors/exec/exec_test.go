//go:build unix

package exec

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func spoutOf(t *testing.T, options map[string]any) gstorm.Spout {
	t.Helper()
	made, err := Definitions()[0].Build(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made.NewSpout()
}

// boltOf opens a bolt, which is closed at the end of the test.
func boltOf(t *testing.T, options map[string]any) gstorm.Bolt {
	t.Helper()
	made, err := Definitions()[1].Build(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := made.NewBolt()
	connectortest.Open(t, b)
	t.Cleanup(func() { connectortest.Close(t, b) })
	return b
}

func TestSpoutKeepsWhatSpoutsPromise(t *testing.T) {
	connectortest.Spout(t, connectortest.SpoutKit{
		New: func(t *testing.T) gstorm.Spout {
			return spoutOf(t, map[string]any{"command": `printf 'one\ntwo\r\n\nlast'; echo to the log >&2`})
		},
		Want: connectortest.Default([]any{"one"}, []any{"two"}, []any{""}, []any{"last"}), Alone: true,
	})
}

// until calls Next until it returns an error, or there are n emissions.
func until(t *testing.T, s gstorm.Spout, n int) ([]connectortest.Emission, error) {
	t.Helper()
	var out connectortest.Recorder
	for deadline := time.Now().Add(10 * time.Second); len(out.Emitted()) < n && time.Now().Before(deadline); {
		if err := s.Next(t.Context(), gstorm.NewSpoutCollector(&out)); err != nil {
			return out.Emitted(), err
		}
	}
	return out.Emitted(), nil
}

func TestHowASpoutsCommandEnds(t *testing.T) {
	for command, want := range map[string]string{
		"echo a; exit 0":     "",
		"echo a; exit 3":     `command "sh": exit status 3`,
		"echo a; kill -9 $$": `command "sh": signal: killed`,
	} {
		s := spoutOf(t, map[string]any{"command": command})
		connectortest.Open(t, s)
		got, err := until(t, s, 2)
		if len(got) != 1 || want == "" && !errors.Is(err, gstorm.ErrFinished) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %v, then %v", command, got, err)
		}
		connectortest.Close(t, s)
	}
}

func TestASpoutsCommandIsRunAgain(t *testing.T) {
	for restart, command := range map[string]string{"always": "echo a", "on_failure": "echo a; exit 1"} {
		s := spoutOf(t, map[string]any{"command": command, "restart": restart, "pause": 0})
		connectortest.Open(t, s)
		got, err := until(t, s, 3)
		if err != nil || len(got) != 3 || got[0].ID == got[1].ID {
			t.Errorf("%s: %v, %v", restart, got, err)
		}
		connectortest.Close(t, s)
	}
}

func TestASpoutWithoutItsCommand(t *testing.T) {
	s := spoutOf(t, map[string]any{"command": []any{"no-such-program-anywhere"}})
	err := s.(gstorm.Opener).Open(t.Context(), connectortest.Task(t, 0, 1))
	if !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestASpoutReadsJSON(t *testing.T) {
	s := spoutOf(t, map[string]any{"command": []any{"echo", `{"a":"x"}`}, "format": "json", "fields": "a"})
	connectortest.Open(t, s)
	got, _ := until(t, s, 1)
	if len(got) != 1 || got[0].Values[0] != "x" {
		t.Errorf("got %v", got)
	}
	connectortest.Close(t, s)
}

// alive reports whether there is a process.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// TestNothingOfACommandIsLeft has the command start another one, in the background, and neither listens to SIGTERM.
func TestNothingOfACommandIsLeft(t *testing.T) {
	s := spoutOf(t, map[string]any{"command": `trap '' TERM; sleep 1000 & echo $!; wait`, "grace": 0.05})
	connectortest.Open(t, s)
	got, err := until(t, s, 1)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	pid, err := strconv.Atoi(got[0].Values[0].(string))
	if err != nil {
		t.Fatal(err)
	}
	connectortest.Close(t, s)
	for deadline := time.Now().Add(10 * time.Second); alive(pid) && time.Now().Before(deadline); { // it has still to be reaped
	}
	if alive(pid) {
		t.Error("what the command has started lives on")
	}
}

func TestARunThatIsCutEndsTheCommand(t *testing.T) {
	ctx, cut := context.WithCancel(t.Context())
	made, err := Definitions()[1].Build(map[string]any{"command": []any{"cat"}, "grace": 60}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := made.NewBolt().(*bolt)
	if err := b.Open(ctx, connectortest.Task(t, 0, 1)); err != nil {
		t.Fatal(err)
	}
	cut()
	<-b.process.done
	b.process.end()
}

func TestEachLineIsAnswered(t *testing.T) {
	b := boltOf(t, map[string]any{"command": []any{"sed", "-u", "s/$/!/"}})
	got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a"}, "x"), connectortest.Tuple(gstorm.Fields{"a", "b"}, "y", 2))
	if diff := cmp.Diff(connectortest.Default([]any{"x!"}, []any{"y\t2!"}), got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesAsJSON(t *testing.T) {
	b := boltOf(t, map[string]any{"command": []any{"cat"}, "input": "json", "format": "json", "fields": []any{"b", "c"}})
	got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a", "b"}, "x", "y\nz"))
	if diff := cmp.Diff(connectortest.Default([]any{"y\nz", nil}), got); diff != "" {
		t.Error(diff)
	}
}

func TestBlankAnswers(t *testing.T) {
	b := boltOf(t, map[string]any{"command": []any{"sed", "-u", "s/drop//"}, "skip_blank": true})
	got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a"}, "drop"), connectortest.Tuple(gstorm.Fields{"a"}, "keep"))
	if diff := cmp.Diff(connectortest.Default([]any{"keep"}), got); diff != "" {
		t.Error(diff)
	}
}

// outcome is what executing one tuple comes to.
func outcome(t *testing.T, b gstorm.Bolt, text string) error {
	t.Helper()
	return b.Execute(t.Context(), connectortest.Tuple(gstorm.Fields{"a"}, text), gstorm.NewCollector(&connectortest.Recorder{}))
}

// picky answers lines but for some, with which it does what they say.
const picky = `while read -r line; do case $line in die) exit 7 ;; hang) exec sleep 1000 ;; more) echo 1; echo 2 ;; close) exec >&-; exec sleep 1000 ;; *) echo "$line" ;; esac; done`

func TestACommandThatFailsATuple(t *testing.T) {
	for line, want := range map[string]string{
		"die":   `command "sh" died with the tuple: exit status 7`,
		"hang":  `command "sh" did not answer within 200ms`,
		"close": `command "sh" has closed its output`,
	} {
		b := boltOf(t, map[string]any{"command": picky, "timeout": 0.2})
		if err := outcome(t, b, "first"); err != nil {
			t.Fatal(err)
		}
		if err := outcome(t, b, line); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
		if got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a"}, "next")); got[0].Values[0] != "next" {
			t.Errorf("after %s: %v", line, got)
		}
	}
}

// TestAnswersBelongToTheirTuples: a line too many makes the answers shift, so the command must go.
func TestAnswersBelongToTheirTuples(t *testing.T) {
	b := boltOf(t, map[string]any{"command": picky})
	if err := outcome(t, b, "more"); err != nil {
		t.Fatal(err)
	}
	waiting := b.(*bolt).process
	for deadline := time.Now().Add(10 * time.Second); len(waiting.lines) == 0 && time.Now().Before(deadline); {
	}
	if err := outcome(t, b, "x"); err == nil || err.Error() != `command "sh" wrote a line that nobody asked for: "2"` {
		t.Errorf("got %v", err)
	}
	if got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a"}, "y")); got[0].Values[0] != "y" {
		t.Errorf("then %v", got)
	}
}

func TestACommandThatAlwaysDiesIsStartedLessOften(t *testing.T) {
	log := filepath.Join(t.TempDir(), "starts")
	b := boltOf(t, map[string]any{"command": "echo >>" + log + "; read -r line; exit 1"})
	start := time.Now()
	for range 3 {
		if err := outcome(t, b, "x"); err == nil {
			t.Error("it has answered")
		}
	}
	if took := time.Since(start); took < firstPause+2*firstPause {
		t.Errorf("three starts took %v", took)
	}
	if text, err := os.ReadFile(log); err != nil || strings.Count(string(text), "\n") != 3 {
		t.Errorf("started %q, %v", text, err)
	}
}

func TestTheCommandsSurroundings(t *testing.T) {
	dir := t.TempDir()
	made, err := Definitions()[1].Build(map[string]any{"command": `read -r line; echo "$X $GSTORM_TASK_INDEX/$GSTORM_TASKS $(pwd -P)"`, "dir": dir, "env": map[string]any{"X": "y"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := made.NewBolt()
	if err := b.(gstorm.Opener).Open(t.Context(), connectortest.Task(t, 2, 3)); err != nil {
		t.Fatal(err)
	}
	defer connectortest.Close(t, b)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"a"}, "x"))
	if want := "y 2/3 " + real; got[0].Values[0] != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestMistakes(t *testing.T) {
	for want, build := range map[string]func() error{
		"option command is []: it must be a command: a list of a program and its arguments, or a text for the shell": func() error {
			_, err := Definitions()[0].Build(map[string]any{"command": []any{}}, nil)
			return err
		},
		"option fields is for format json": func() error {
			_, err := Definitions()[1].Build(map[string]any{"command": "cat", "fields": "a"}, nil)
			return err
		},
		"option timeout is 0: it must be more": func() error {
			_, err := Definitions()[1].Build(map[string]any{"command": "cat", "timeout": 0}, nil)
			return err
		},
		"option restart is \"sometimes\": it must be never, on_failure or always": func() error {
			_, err := Definitions()[0].Build(map[string]any{"command": "cat", "restart": "sometimes"}, nil)
			return err
		},
	} {
		if err := build(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
