package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

const (
	soakFaultEvery  = 3 * time.Second // a component is killed
	soakStopEvery   = 45 * time.Second
	soakSpared      = 10 * time.Second
	soakSampleEvery = 10 * time.Second
	soakTableEvery  = time.Minute
	// soakStall is how long a spout may go without an ack, and how long the end may take.
	soakStall = 2 * time.Minute
)

// soakSpouts are what the spouts of testdata/soak call themselves, by the library that they are on.
var soakSpouts = []string{"py", "rb", "js", "own"}

// TestSoak runs a topology of components that misbehave, on Storm's libraries and on gstorm's own, for as long as the
// variable SOAK says, kills and stops their processes all the while, and checks that nothing is lost, nothing grows and
// nothing is left. SOAK_DIR is the folder for everything that it writes; it must be empty or not there.
// GSTORM_TEST_LIBRARIES is where scripts/setup-libraries has put the libraries. `make soak` sets all three.
func TestSoak(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("SOAK is not set; make soak runs it")
	}
	if !exists("/proc/self") {
		t.Skip("needs /proc to see memory and processes")
	}
	length, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{folder: os.Getenv("SOAK_DIR"), length: length, log: &soakLog{}}
	s.layOut(t)
	s.begin(t)
	defer s.log.file.Close()
	s.lead(t)
	if err := s.write(); err != nil {
		t.Error(err)
	}
	for _, fault := range s.report.Broken {
		t.Error(fault)
	}
}

// soak is one run.
type soak struct {
	folder string
	length time.Duration
	until  time.Time // when numbers and misdeeds end
	log    *soakLog
	cmd    *exec.Cmd
	vandal vandal
	acked  map[string]*soakJournal // by spout
	report soakReport
	rows   int // of the table
}

func (s *soak) broken(format string, args ...any) {
	s.report.Broken = append(s.report.Broken, fmt.Sprintf(format, args...))
}

// layOut copies the topology and puts the libraries beside its components, as they lie in a Storm topology.
func (s *soak) layOut(t *testing.T) {
	t.Helper()
	topology := filepath.Join(s.folder, "topology")
	if err := os.MkdirAll(s.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(topology, os.DirFS("testdata/soak")); err != nil {
		t.Fatal(err)
	}
	for _, library := range []string{"python/storm.py", "ruby/storm.rb", "javascript/storm.js"} {
		file := filepath.Join(os.Getenv("GSTORM_TEST_LIBRARIES"), library)
		content, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(filepath.Join(topology, "resources", filepath.Base(file)), content, 0o666)
		}
		if err != nil {
			t.Fatalf("%v; scripts/setup libraries fetches it", err)
		}
	}
}

// begin starts gstorm.
func (s *soak) begin(t *testing.T) {
	t.Helper()
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	if s.log.file, err = os.Create(filepath.Join(s.folder, "gstorm.log")); err != nil {
		t.Fatal(err)
	}
	s.until = time.Now().Add(s.length)
	s.cmd = exec.Command(gstorm, "run", "soak.rb", "--no-table", "--summary", "none", "--summary-file", filepath.Join(s.folder, "summary.json"),
		"--", s.folder, fmt.Sprint(s.until.Unix()))
	s.cmd.Dir = filepath.Join(s.folder, "topology")
	s.cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1") // tells the size of the heap
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.report.Started, s.report.Length = time.Now(), s.length.String()
	s.acked = map[string]*soakJournal{}
	for _, name := range soakSpouts {
		s.acked[name] = &soakJournal{file: filepath.Join(s.folder, "journal."+name), grew: time.Now()}
	}
}

// lead lets things happen until gstorm has ended, and checks what it left.
func (s *soak) lead(t *testing.T) {
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	every := func(d, longest time.Duration) <-chan time.Time {
		ticker := time.NewTicker(min(d, longest))
		t.Cleanup(ticker.Stop)
		return ticker.C
	}
	fault, stop := every(soakFaultEvery, soakFaultEvery), every(soakStopEvery, s.length/4)
	sample, table := every(soakSampleEvery, s.length/40), every(soakTableEvery, s.length/5)
	for {
		select {
		case err := <-ended:
			if err != nil {
				s.broken("gstorm ended with %v:\n%s", err, s.log.end())
			}
			s.inspect()
			return
		case <-fault:
			if s.raging() {
				s.vandal.kill(s.components())
			}
		case <-stop:
			if s.raging() {
				s.vandal.stop(s.components())
			}
		case <-sample:
			s.sample()
		case <-table:
			s.row()
		}
		if s.stalled() {
			s.broken("for %v a spout heard of no ack, or the run did not end:\n%s", soakStall, s.log.end())
			_ = s.cmd.Process.Kill() // the report says what became of it
			<-ended
			return
		}
	}
}

// components are the processes of the topology's tasks.
func (s *soak) components() (pids []int) {
	for _, pid := range processesWith(s.folder) {
		if pid != s.cmd.Process.Pid {
			pids = append(pids, pid)
		}
	}
	return pids
}

// raging reports whether it is time for faults from outside: after the start, which is not what is tried here.
func (s *soak) raging() bool {
	return time.Since(s.report.Started) > soakSpared && time.Now().Before(s.until)
}

// stalled reports whether it goes on no more.
func (s *soak) stalled() bool {
	if time.Now().After(s.until) {
		return time.Since(s.until) > soakStall
	}
	for _, j := range s.acked {
		if time.Since(j.grew) > soakStall {
			return true
		}
	}
	return false
}

// inspect checks everything once gstorm has ended.
func (s *soak) inspect() {
	var summary stats.Snapshot
	content, err := os.ReadFile(filepath.Join(s.folder, "summary.json"))
	if err == nil {
		err = json.Unmarshal(content, &summary)
	}
	if err != nil {
		s.broken("the summary: %v", err)
	}
	trees := summary.Trees
	if summary.State != stats.Finished || trees.Pending != 0 || trees.Emitted != trees.Acked+trees.Failed+trees.TimedOut {
		s.broken("the run is %s (%s), its trees are %+v", summary.State, summary.Reason, trees)
	}
	s.report.Trees, s.report.Restarts = trees, restarts(summary)
	s.nothingLost()
	for _, pid := range s.left() {
		s.broken("process %d is left", pid)
	}
	s.quarters()
}

// left are the processes that are still there some time after gstorm has ended: tasks, or its guard.
func (s *soak) left() (pids []int) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for range 50 {
		if pids = append(processesWith(s.folder), processesWith(s.cmd.Path)...); len(pids) == 0 {
			break
		}
		<-look.C
	}
	return pids
}

// nothingLost checks that each number that a spout has begun with was acked, and that both its halves reached a sink.
func (s *soak) nothingLost() {
	seen := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(s.folder, "seen.*"))
	for _, file := range files {
		if err := eachLine(file, func(line string) { seen[line] = true }); err != nil {
			s.broken("%v", err)
		}
	}
	s.report.Numbers = map[string]int{}
	for name, journal := range s.acked {
		acked := map[string]bool{}
		err := eachLine(journal.file, func(line string) {
			what, number, _ := strings.Cut(line, " ")
			acked[number] = acked[number] || what == "a"
		})
		if err != nil || len(acked) == 0 {
			s.broken("the journal of %s has %d numbers: %v", name, len(acked), err)
		}
		s.report.Numbers[name] = len(acked)
		for number, done := range acked {
			if !done || !seen[name+" "+number+" a"] || !seen[name+" "+number+" b"] {
				s.broken("number %s of %s is lost: acked %v", number, name, done)
			}
		}
	}
}

func eachLine(file string, do func(line string)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		do(lines.Text())
	}
	return lines.Err()
}
