package child

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files instead of comparing")

func TestReport(t *testing.T) {
	d := &Death{
		Component: "split", Task: 3, PID: 77, Phase: PhaseRun, ExitCode: -1, Signal: "SIGKILL",
		Command: []string{"python3", "split sentence.py"}, Dir: "/srv/wc",
		StderrTail: []string{"Traceback (most recent call last):", "  File \"split.py\", line 3"},
		LastIn:     `{"id":"7","comp":"lines","stream":"default","task":1,"tuple":["a"]}`,
		Reported:   "split.py:3: no such word\n  in process", Reason: "hung: nothing heard for 30s (limit 30s)",
	}
	missing := &Death{
		Component: "split", Task: 3, Phase: PhaseStart, ExitCode: -1, Command: []string{"pyhton", ""},
		Reason: `command "pyhton" not found`, Hint: "looked in PATH=/usr/bin:/bin",
	}
	got := d.Error() + "\n\n" + d.Report() + "\n" + missing.Error() + "\n\n" + missing.Report()
	golden := filepath.Join("testdata", "report.golden")
	if *rewrite {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestEachLine(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"empty":               {"", 100, nil},
		"lines":               {"a\n\nb\n", 100, []string{"a", "", "b"}},
		"without a break":     {"a\nb", 100, []string{"a", "b"}},
		"longer than allowed": {strings.Repeat("x", 40) + "\ny", 16, []string{strings.Repeat("x", 16), strings.Repeat("x", 16), "xxxxxxxx", "y"}},
		"as long as allowed":  {strings.Repeat("x", 16) + "\ny\n", 16, []string{strings.Repeat("x", 16), "y"}},
		"and nothing more":    {strings.Repeat("x", 32), 16, []string{strings.Repeat("x", 16), strings.Repeat("x", 16)}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			eachLine(iotest.OneByteReader(strings.NewReader(tc.text)), tc.limit, func(line []byte) { got = append(got, string(line)) })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// However long the lines are: nothing of them is lost.
func TestEachLineLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.StringMatching(`[ab]{0,70}`)).Draw(t, "lines")
		var got strings.Builder
		eachLine(strings.NewReader(strings.Join(lines, "\n")), 16, func(line []byte) { got.Write(line) })
		if got.String() != strings.Join(lines, "") {
			t.Fatalf("got %q of %q", got.String(), lines)
		}
	})
}

func TestLastFrame(t *testing.T) {
	big := strings.Repeat("x", 100<<10)
	for name, tc := range map[string]struct{ frames, want string }{
		"nothing":          {"", ""},
		"one":              {"{1}\nend\n", "{1}"},
		"the last of some": {"{1}\nend\n{2}\nend\n", "{2}"},
		"long":             {"{1}\nend\n" + big[:3000] + "\nend\n", big[:shownMessage] + " ... (3000 bytes)"},
		"gigantic":         {"{1}\nend\n" + big + "tail\nend\n", "... " + big[:shownMessage-4] + "tail"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, string(lastFrame([]byte(tc.frames)))); diff != "" {
				t.Errorf("last frame (-want +got):\n%s", diff)
			}
		})
	}
}

// A log that does not get on costs lines, told by their number, and never the time of a child.
func TestLogQueueDropsWhatDoesNotFit(t *testing.T) {
	q := newLogQueue()
	line := make([]byte, 1<<20)
	for range 10 {
		q.put(line)
	}
	lines, dropped, ok := q.take()
	if len(lines) != queuedBytes>>20 || dropped != 10-len(lines) || !ok {
		t.Errorf("%d lines and %d dropped, want %d of 10 kept", len(lines), dropped, queuedBytes>>20)
	}
	q.put([]byte("last"))
	q.close()
	if lines, _, ok := q.take(); len(lines) != 1 || !ok {
		t.Errorf("then %v", lines)
	}
	if _, _, ok := q.take(); ok {
		t.Error("a closed queue has more")
	}
}

func TestMemoryKillsExplainOneDeathEach(t *testing.T) {
	for name, tc := range map[string]struct{ groups, file, text string }{
		"cgroup v2": {"0::/storm.slice\n", "sys/fs/cgroup/storm.slice/memory.events", "low 0\noom 4\noom_kill %d\noom_group_kill 0\n"},
		"cgroup v1": {"9:name=systemd:/\n4:memory:/job\n0::/\n", "sys/fs/cgroup/memory/job/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill %d\n"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			put := func(file, text string) {
				file = filepath.Join(root, file)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			put("proc/self/cgroup", tc.groups)
			put(tc.file, fmt.Sprintf(tc.text, 5))
			w := newOOMWatch(root)
			if w.claim() {
				t.Error("a kill from before the start explains a death")
			}
			put(tc.file, fmt.Sprintf(tc.text, 7))
			if got := []bool{w.claim(), w.claim(), w.claim()}; !cmp.Equal(got, []bool{true, true, false}) {
				t.Errorf("two kills explain %v", got)
			}
		})
	}
	if newOOMWatch(t.TempDir()).claim() {
		t.Error("a death is explained where nothing is counted")
	}
}

func TestShellLine(t *testing.T) {
	for want, command := range map[string][]string{
		`ruby word_count.rb`:     {"ruby", "word_count.rb"},
		`sh -c 'echo $HOME' ''`:  {"sh", "-c", "echo $HOME", ""},
		`echo 'it'\''s' '*.txt'`: {"echo", "it's", "*.txt"},
	} {
		if got := shellLine(command); got != want {
			t.Errorf("%q: %s, want %s", command, got, want)
		}
	}
}
