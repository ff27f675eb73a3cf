package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/stats"
)

const exampleText = "../../examples/01-word-count/harbour.txt"

// built is gstorm as it is shipped. The test binary itself would do, but with the race detector in it it is too slow for
// whole texts.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gstorm-test-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "gstorm")
	out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput()
	if err != nil {
		err = &exec.Error{Name: "go build: " + string(out), Err: err}
	}
	return file, err
})

// result is what a run of gstorm left.
type result struct {
	stdout  string
	stderr  string
	summary stats.Snapshot
}

// begin starts `gstorm run` and returns what waits for its end, which must be one with exit 0.
func begin(t *testing.T, file string, args ...string) func() result {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	summary := filepath.Join(t.TempDir(), "summary.json")
	cmd := exec.Command(gstorm, append([]string{"run", file, "--summary", "none", "--summary-file", summary}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() result {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, lastLines(stderr.String(), 60))
		}
		r := result{stdout: stdout.String(), stderr: stderr.String()}
		content, err := os.ReadFile(summary)
		if err == nil {
			err = json.Unmarshal(content, &r.summary)
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func lastLines(s string, n int) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

var letters = regexp.MustCompile(`[a-z]+`)

// wordsOf counts as `tr -cs A-Za-z '\n' | tr A-Z a-z | sort | uniq -c` does.
func wordsOf(text []byte) map[string]int {
	counts := map[string]int{}
	for _, word := range letters.FindAll(bytes.ToLower(text), -1) {
		counts[string(word)]++
	}
	return counts
}

// repeated writes the example's text n times over into a file.
func repeated(t *testing.T, n int) (file string, text []byte) {
	t.Helper()
	once, err := os.ReadFile(exampleText)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Repeat(once, n)
	file = filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return file, text
}

func TestCountsOfTenMegabytesAreExact(t *testing.T) {
	slow(t, "a minute")
	file, text := repeated(t, 10_000_000/5000)
	want := wordsOf(text)
	for _, topology := range []string{"counted.rb", "counted"} { // the latter in Go
		for _, tasks := range []string{"1", "4"} {
			t.Run(topology+"/"+tasks, func(t *testing.T) {
				r := begin(t, "testdata/topology/"+topology, "--", tasks, file)()
				got := map[string]int{}
				for line := range strings.Lines(r.stdout) {
					count, word, _ := strings.Cut(strings.TrimSpace(line), " ")
					n, err := strconv.Atoi(count)
					if _, twice := got[word]; err != nil || twice {
						t.Fatalf("unexpected line %q", line)
					}
					got[word] = n
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("counts (-want +got):\n%s", diff)
				}
				trees := r.summary.Trees
				lines := uint64(bytes.Count(text, []byte("\n")))
				if trees.Emitted != lines || trees.Acked != lines || trees.Pending != 0 {
					t.Errorf("trees of %d lines: %+v", lines, trees)
				}
			})
		}
	}
}

func TestNothingIsLostWhileComponentsAreKilled(t *testing.T) {
	for class, victims := range map[string][]string{"BoltsDie": {"split", "sink"}, "SpoutDies": {"noting"}} {
		for _, file := range []string{"kept.rb", "kept.py", "kept.mjs", "kept"} {
			t.Run(class+"/"+file, func(t *testing.T) {
				t.Parallel()
				nothingIsLost(t, class, file, victims)
			})
		}
	}
}

func nothingIsLost(t *testing.T, class, topology string, victims []string) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "pids"), 0o777); err != nil {
		t.Fatal(err)
	}
	file, text := repeated(t, 60)
	end := begin(t, filepath.Join("testdata/topology", topology), "-c", class, "--set", "gstorm.restart.max=0", "--", dir, file) // on a busy machine five may be killed before they do anything
	over := make(chan struct{})
	kills := make(chan int)
	go func() { kills <- killNowAndThen(dir, topology, victims, over) }()
	r := end()
	close(over)
	killed := <-kills
	if killed < 2 || killed > int(restarts(r.summary))+len(victims) {
		t.Errorf("%d killed, %d restarts", killed, restarts(r.summary))
	}
	lost(t, wordsOf(text), dir)
	trees := r.summary.Trees
	lines := uint64(bytes.Count(text, []byte("\n")))
	if trees.Pending != 0 || trees.Acked < lines || class == "BoltsDie" && trees.Acked != lines {
		t.Errorf("trees of %d lines: %+v", lines, trees)
	}
	t.Logf("%d killed; trees: %+v", killed, trees)
}

// killNowAndThen kills a random one of the victims' processes of a topology every 200 ms, and returns how many it has
// killed.
func killNowAndThen(dir, topology string, victims []string, over <-chan struct{}) (killed int) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return killed
		case <-ticker.C:
		}
		files, _ := filepath.Glob(filepath.Join(dir, "pids", "*.*"))
		rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		for _, file := range files {
			component, id, _ := strings.Cut(filepath.Base(file), ".")
			pid, err := strconv.Atoi(id)
			if err != nil || !slices.Contains(victims, component) {
				continue
			}
			os.Remove(file) // whatever comes of it: a process id is used once
			if ours(pid, topology) && syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed++
				break
			}
		}
	}
}

// ours reports whether a process is one of the topology's tasks, and not one that has got the id of a dead one.
func ours(pid int, topology string) bool {
	command, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	return os.IsNotExist(err) && !exists("/proc/self") || bytes.Contains(command, []byte(topology))
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func restarts(s stats.Snapshot) (n uint64) {
	for _, c := range s.Components {
		n += c.Restarts
	}
	return n
}

// lost fails the test for each word that stands in the files less often than in the text.
func lost(t *testing.T, want map[string]int, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "words.*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("words: %v, %v", files, err)
	}
	got := map[string]int{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for word, n := range wordsOf(content) {
			got[word] += n
		}
	}
	for _, word := range slices.Sorted(maps.Keys(want)) {
		if got[word] < want[word] {
			t.Errorf("%q stands %d times in the text and %d times in the files", word, want[word], got[word])
		}
	}
}
