package child

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/multilang"
)

func TestDeathTellsHowAProcessEnded(t *testing.T) {
	for name, tc := range map[string]struct {
		body   string
		code   int
		signal string
		line   string
		hint   string
	}{
		"exit 0":    {`ready; exit 0`, 0, "", "exited with code 0", ""},
		"exit 3":    {`ready; exit 3`, 3, "", "exited with code 3", ""},
		"SIGKILL":   {`ready; kill -KILL $$`, -1, "SIGKILL", "was killed by SIGKILL", "somebody killed it"},
		"SIGSEGV":   {`ready; kill -SEGV $$`, -1, "SIGSEGV", "was killed by SIGSEGV", "native code"},
		"SIGPIPE":   {`ready; kill -PIPE $$`, -1, "SIGPIPE", "was killed by SIGPIPE", "nobody reads"},
		"ImportErr": {`ready; echo "ImportError: libfoo.so" >&2; exit 1`, 1, "", "exited with code 1", "could not import: libfoo.so"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(tc.body))
			_, d := receiveAll(t, p)
			if d.Phase != PhaseRun || d.ExitCode != tc.code || d.Signal != tc.signal || d.PID != p.PID() {
				t.Errorf("phase %s code %d signal %q pid %d, want run %d %q %d", d.Phase, d.ExitCode, d.Signal, d.PID, tc.code, tc.signal, p.PID())
			}
			who := fmt.Sprintf("component \"split\" task 3 (pid %d) %s", p.PID(), tc.line)
			if !strings.HasPrefix(d.Error(), who) || !strings.Contains(d.Hint, tc.hint) {
				t.Errorf("got %q, want %q... and %q", d.Error(), who, tc.hint)
			}
		})
	}
}

func TestDeathShowsTheLastWords(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; read_frame
		i=1; while [ $i -le 60 ]; do echo "line $i" >&2; i=$((i+1)); done
		say '{"command":"log","msg":"last"}'; exit 4`))
	if err := p.Write([]byte(`{"id":"1"}` + "\nend\n" + `{"id":"2"}` + "\nend\n")); err != nil {
		t.Fatal(err)
	}
	p.Reported("wrong\nand more", "split.rb", 12)
	_, d := receiveAll(t, p)
	want := make([]string, 0, 50)
	for i := 11; i <= 60; i++ {
		want = append(want, "line "+strconv.Itoa(i))
	}
	if diff := cmp.Diff(want, d.StderrTail); diff != "" {
		t.Errorf("end of stderr (-want +got):\n%s", diff)
	}
	if d.LastIn != `{"id":"2"}` || d.LastOut != `{"command":"log","msg":"last"}` {
		t.Errorf("last messages %q and %q", d.LastIn, d.LastOut)
	}
	if !strings.Contains(d.Error(), "exited with code 4: split.rb:12: wrong") || strings.Contains(d.Error(), "\n") {
		t.Errorf("error %q", d.Error())
	}
}

// What a component reports before it ends is often read after it has ended.
func TestDeathHasWhatWasReportedAfterTheEnd(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; say '{"command":"error","msg":"no luck"}'; exit 0`))
	within(t, "end", p.Done())
	messages, _ := receiveAll(t, p)
	p.Reported(messages[1].Msg, "", 0)
	if d := p.Death(); d.Reported != "no luck" {
		t.Errorf("reported %q", d.Reported)
	}
}

// TestDeathLeavesOutWhatWasOutlived: an error that a component has survived, and went on working, is not what it died of.
func TestDeathLeavesOutWhatWasOutlived(t *testing.T) {
	l := newTestLauncher(t, LauncherOptions{})
	for after, want := range map[string]string{
		`{"command":"sync"}`:               "no luck",
		`{"command":"fail","id":"1"}`:      "no luck",
		`{"command":"log","msg":"ouch"}`:   "no luck",
		`{"command":"ack","id":"2"}`:       "",
		`{"command":"emit","tuple":["a"]}`: "",
	} {
		p := mustStart(t, l, shell(`ready; say '{"command":"error","msg":"no luck"}'; say '`+after+`'; exit 1`))
		for range 2 {
			if m := receive(t, p); m.Command == multilang.Error {
				p.Reported(m.Msg, "", 0)
			}
		}
		if _, d := receiveAll(t, p); d.Reported != want {
			t.Errorf("error, %s, death: it reported %q, want %q", after, d.Reported, want)
		}
	}
}

// A bounded stderr pipe that nobody empties is the oldest deadlock of multilang.
func TestStderrNeverBlocks(t *testing.T) {
	log := new(journal)
	l := newTestLauncher(t, LauncherOptions{Logger: log.logger()})
	flood := func(mark string, lines int) string {
		return fmt.Sprintf(`yes "%s 6789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" | head -n %d >&2;`, mark, lines)
	}
	const before, idle = 10_000, 50_000
	p := mustStart(t, l, shell(flood("before", before)+"ready;"+flood("idle", idle)+`say '{"command":"sync"}'; echo finis >&2`))
	messages, d := receiveAll(t, p)
	if err := l.Close(); err != nil { // has logged all that is to be logged
		t.Fatal(err)
	}
	if diff := cmp.Diff([]multilang.Command{multilang.Pid, multilang.Sync}, commands(messages)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if len(d.StderrTail) != tailLines || d.StderrTail[tailLines-1] != "finis" {
		t.Errorf("%d lines kept, the last is %q", len(d.StderrTail), d.StderrTail[len(d.StderrTail)-1])
	}
	lines := log.matching("level=INFO", "component=split", "task=3", "pid="+strconv.Itoa(p.PID()), "stream=stderr")
	dropped := 0
	for _, line := range log.matching("level=WARN", "lines dropped") {
		_, number, _ := strings.Cut(line, " lines=")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		dropped += n
	}
	if len(lines)+dropped != before+idle+1 {
		t.Errorf("%d lines logged and %d dropped, want %d in all", len(lines), dropped, before+idle+1)
	}
}

func TestPrintsComeLineByLine(t *testing.T) {
	type printed struct {
		Component string
		Task      int
		Line      string
	}
	var got []printed
	l := newTestLauncher(t, LauncherOptions{Print: func(component string, task int, line string) {
		got = append(got, printed{component, task, line})
	}})
	p := mustStart(t, l, shell(`ready; echo "hello  world" >&"$GSTORM_STDOUT_FD"; echo >&3; printf 'no newline' >&3`))
	receiveAll(t, p)
	want := []printed{{"split", 3, "hello  world"}, {"split", 3, ""}, {"split", 3, "no newline"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("prints (-want +got):\n%s", diff)
	}
}

func TestNoiseIsLoggedAndCounted(t *testing.T) {
	log := new(journal)
	l := newTestLauncher(t, LauncherOptions{Logger: log.logger()})
	p := mustStart(t, l, shell(`ready; i=1; while [ $i -le 100 ]; do echo "chat $i"; i=$((i+1)); done; say '{"command":"sync"}'`))
	messages, _ := receiveAll(t, p)
	if diff := cmp.Diff([]multilang.Command{multilang.Pid, multilang.Sync}, commands(messages)); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	lines := log.matching("level=WARN", "chat", "component=split", "stream=stdout")
	if len(lines) == 0 || len(lines) >= 100 || !strings.Contains(lines[0], "chat 1") || !strings.Contains(lines[0], "count=1") {
		t.Errorf("%d lines logged, first %q", len(lines), slices.Concat(lines, []string{""})[0])
	}
}

func TestMessagesThatAreNotUnderstoodArePassedOver(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), shell(`ready; say '{"command":"emit","tuple":[}'; say '{"command":"sync"}'`))
	receive(t, p)
	var bad *multilang.FrameError
	if err := p.Recv(new(multilang.Message)); !errors.As(err, &bad) {
		t.Fatalf("Recv returned %v, want a *FrameError", err)
	}
	if m := receive(t, p); m.Command != multilang.Sync {
		t.Errorf("then came %v, want sync", m.Command)
	}
}

func TestLargeMessagesBothWaysDoNotDeadlock(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), ruby(t, "echo.rb"))
	values := []byte(`["` + strings.Repeat("x", 5<<20) + `"]`)
	const tuples = 3
	wrote := make(chan error, 1)
	go func() {
		var frames []byte
		for id := range uint64(tuples) {
			frames = multilang.AppendTuple(frames, id, "lines", "default", 1, values)
		}
		err := p.Write(frames)
		wrote <- errors.Join(err, p.CloseInput())
	}()
	messages, d := receiveAll(t, p)
	if err := within(t, "write", wrote); err != nil {
		t.Error(err)
	}
	emits := 0
	for _, m := range messages {
		if m.Command == multilang.Emit && string(m.Tuple) == string(values) {
			emits++
		}
	}
	if emits != tuples || !d.Asked() || d.ExitCode != 0 {
		t.Errorf("%d tuples came back, want %d; %v", emits, tuples, d)
	}
}

func TestLastHeardFollowsTheOutput(t *testing.T) {
	p := mustStart(t, newTestLauncher(t, LauncherOptions{}), ruby(t, "echo.rb"))
	receive(t, p)
	before := time.Now()
	if heard := p.LastHeard(); heard.After(before) || before.Sub(heard) > patience {
		t.Errorf("heard %s, now it is %s", heard, before)
	}
	if err := p.Write(multilang.AppendHeartbeat(nil, 1)); err != nil {
		t.Fatal(err)
	}
	receive(t, p)
	if heard := p.LastHeard(); heard.Before(before) {
		t.Errorf("heard %s, after %s", heard, before)
	}
}
