package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// misbehaviour is a run of testdata/misbehave/bolts.yaml or spouts.yaml, in which the component faulty does what fault
// says and everybody else is well. Times are in seconds.
type misbehaviour struct {
	file    string
	fault   string
	count   int      // tuples of the reliable spout; 0: 60
	pad     int      // bytes that each of them carries more
	pending int      // topology.max.spout.pending; 0: 20
	timeout int      // topology.message.timeout.secs; 0: 60
	silence int      // topology.subprocess.timeout.secs of faulty; 0: 60
	start   int      // gstorm.start.timeout.secs of faulty; 0: 60
	buffer  int      // topology.executor.receive.buffer.size of faulty; 0: 32768
	wrap    []string // a command that runs gstorm, in front of it
}

// aftermath is what a misbehaviour has left.
type aftermath struct {
	*testing.T
	result
	dir  string // where components noted what they did
	err  error  // of gstorm
	peak int    // of gstorm's memory, in MiB; 0: not known here
}

// command is the run, not yet started.
func (m *misbehaviour) command(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	for _, interpreter := range []string{"python3", "ruby"} {
		if missing, _ := lacks("lacks:" + interpreter); missing {
			t.Skipf("there is no %s here", interpreter)
		}
	}
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	argv := slices.Concat(m.wrap, []string{gstorm, "run", "testdata/misbehave/" + m.file, "--env-filter", "--drain-limit", "1s",
		"--summary-file", filepath.Join(dir, "summary.json")})
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "DIR="+dir, "FAULT="+m.fault, "PAD="+strconv.Itoa(m.pad))
	for name, value := range map[string][2]int{
		"COUNT": {m.count, 60}, "PENDING": {m.pending, 20}, "TIMEOUT": {m.timeout, 60}, "SILENCE": {m.silence, 60},
		"START": {m.start, 60}, "BUFFER": {m.buffer, 32768},
	} {
		if value[0] == 0 {
			value[0] = value[1]
		}
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", name, value[0]))
	}
	return cmd
}

// run runs the topology to its end, whatever that is.
func (m *misbehaviour) run(t *testing.T) *aftermath {
	t.Helper()
	a := &aftermath{T: t, dir: t.TempDir()}
	cmd := m.command(t, a.dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended, peak := make(chan struct{}), make(chan int)
	go func() { peak <- peakMemory(cmd.Process.Pid, ended) }()
	a.err = cmd.Wait()
	close(ended)
	a.peak = <-peak
	a.stdout, a.stderr = stdout.String(), stderr.String()
	content, err := os.ReadFile(filepath.Join(a.dir, "summary.json"))
	if err == nil {
		err = json.Unmarshal(content, &a.summary)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, lastLines(a.stderr, 60))
	}
	return a
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the most memory that a process has had by itself until it ended, as far as anybody saw. (What wait(2) tells
// is that of its children too.)
func peakMemory(pid int, ended <-chan struct{}) (mebibytes int) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if found := highWater.FindSubmatch(status); found != nil {
			kibibytes, _ := strconv.Atoi(string(found[1]))
			mebibytes = kibibytes >> 10
		}
		select {
		case <-look.C:
		case <-ended:
			return mebibytes
		}
	}
}

// noted are the numbers that components have written into a file.
func (a *aftermath) noted(name string) (numbers []int) {
	a.Helper()
	content, _ := os.ReadFile(filepath.Join(a.dir, name)) // none is a result too
	for _, line := range strings.Fields(string(content)) {
		n, err := strconv.Atoi(line)
		if err != nil {
			a.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func (a *aftermath) component(id string) stats.Component {
	a.Helper()
	i := slices.IndexFunc(a.summary.Components, func(c stats.Component) bool { return c.ID == id })
	if i < 0 {
		a.Fatalf("no component %s in the summary", id)
	}
	return a.summary.Components[i]
}

// replayed is how many tuples the reliable spout was told to have failed, each of which it emitted again.
func (a *aftermath) replayed() int { return len(a.noted("failed")) }

// nothingLost fails the test unless the run ended in order and every tuple of the reliable spout arrived and was acked.
func (a *aftermath) nothingLost(m *misbehaviour) {
	a.Helper()
	if a.err != nil {
		a.Fatalf("%v\n%s", a.err, lastLines(a.stderr, 60))
	}
	want := m.count
	if want == 0 {
		want = 60
	}
	for _, name := range []string{"acked", "arrived"} {
		numbers := a.noted(name)
		slices.Sort(numbers)
		if numbers = slices.Compact(numbers); len(numbers) != want || numbers[0] != 0 || numbers[want-1] != want-1 {
			a.Errorf("%d of %d numbers %s", len(numbers), want, name)
		}
	}
	if trees := a.summary.Trees; trees.Pending != 0 || trees.Emitted != trees.Acked+trees.Failed+trees.TimedOut {
		a.Errorf("trees: %+v", trees)
	}
}

// contained fails the test unless the faulty bolt has hurt nobody else and lost nothing: killed says whether its process ended
// and was started again, replays how many tuples failed at least; without any, none may.
func (a *aftermath) contained(m *misbehaviour, killed bool, replays int) {
	a.Helper()
	a.nothingLost(m)
	a.nobodyElseNoticed()
	a.nothingLeft()
	faulty, processes := a.component("faulty"), len(a.noted("pids.faulty"))
	if killed != (faulty.Restarts > 0) || killed != (processes > 1) {
		a.Errorf("%d restarts, %d processes", faulty.Restarts, processes)
	}
	if n := a.replayed(); n < replays || replays == 0 && n > 0 {
		a.Errorf("%d tuples replayed, want %d", n, replays)
	}
}

// nobodyElseNoticed fails the test unless each component other than faulty ran in one process from the beginning to the
// end, and those that have nothing to do with it got all of their work done. That they got on while something was wrong is
// what the faulty component itself has waited for (others_go_on in wire.py).
func (a *aftermath) nobodyElseNoticed() {
	a.Helper()
	for _, c := range a.summary.Components {
		pids := a.noted("pids." + c.ID)
		if c.ID != "faulty" && (c.Restarts != 0 || c.Errors != 0 || len(pids) != 1) {
			a.Errorf("%s: %d restarts, %d errors, processes %v", c.ID, c.Restarts, c.Errors, pids)
		}
	}
	other, bystander := a.component("other"), a.component("bystander")
	if other.Failed != 0 || other.Acked == 0 || other.Acked != other.Emitted || bystander.Acked != other.Acked {
		a.Errorf("beside it: %+v, %+v", other, bystander)
	}
}

// nothingLeft fails the test if a process of the run is left.
func (a *aftermath) nothingLeft() {
	a.Helper()
	waitFor(a.T, func() bool { return len(processesOf(a.dir)) == 0 })
}

// processesOf are the processes of a run, told by DIR in their environment; none where the system does not show it.
func processesOf(dir string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environment, err := os.ReadFile(file) // it may have ended meanwhile
		if err == nil && slices.Contains(strings.Split(string(environment), "\x00"), "DIR="+dir) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// shows fails the test if gstorm has not written a line that matches.
func (a *aftermath) shows(pattern string) {
	a.Helper()
	if !regexp.MustCompile(`(?m)` + pattern).MatchString(a.stderr) {
		a.Errorf("nothing on stderr matches %s:\n%s", pattern, lastLines(a.stderr, 60))
	}
}

// boundedMemory fails the test if gstorm has taken more memory than that.
func (a *aftermath) boundedMemory(mebibytes int) {
	a.Helper()
	if a.peak > mebibytes {
		a.Errorf("gstorm took %d MiB, expected at most %d", a.peak, mebibytes)
	}
}
