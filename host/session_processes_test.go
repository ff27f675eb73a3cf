package host_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
)

// rogueEnv makes the test binary a component that does as it likes: KIND SEED MARK.
const rogueEnv = "HOST_TEST_ROGUE"

// TestNothingIsLeftOfRogues runs topologies of real processes that write rubbish, die in every way and start processes of
// their own, and looks for what is left of them when the runs have ended: no process, goroutine or descriptor, and no
// tree that nobody heard of.
func TestNothingIsLeftOfRogues(t *testing.T) {
	if words := strings.Fields(os.Getenv(rogueEnv)); len(words) == 3 {
		os.Exit(newRogue(words[0], words[1], words[2]).run())
	}
	if testing.Short() {
		t.Skip("half a minute")
	}
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("needs /proc to see what is left")
	}
	const runs, atOnce = 20, 10
	runRogue(t, 0) // what the first run leaves for good, such as the runtime's poller, is no leak
	goroutines, descriptors := runtime.NumGoroutine(), openFiles(t)
	for first := 1; first <= runs; first += atOnce {
		var group sync.WaitGroup
		for seed := first; seed < first+atOnce; seed++ {
			group.Go(func() { runRogue(t, seed) })
		}
		group.Wait()
	}
	if !comesTrue(func() bool { return runtime.NumGoroutine() <= goroutines }) {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines were there before, %d are after:\n%s", goroutines, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
	}
	if !comesTrue(func() bool { return len(openFiles(t)) <= len(descriptors) }) {
		t.Errorf("open before: %v, after: %v", descriptors, openFiles(t))
	}
	if !comesTrue(func() bool { return len(rogues(t)) == 0 }) {
		t.Errorf("processes are left: %v", rogues(t))
	}
}

// runRogue is one run.
func runRogue(t *testing.T, seed int) {
	source := &fuzzedSource{acked: map[int]int{}, failed: map[int]int{}}
	source.more(50)
	b := gstorm.NewBuilder("rogues").Set(gstorm.TopologyMessageTimeout, 2).Set(gstorm.RestartMax, 0).
		Set(gstorm.TopologySubprocessTimeout, 2).Set(gstorm.StartTimeout, 5).Set(gstorm.ActivateTimeout, 1)
	b.Spout("source", func() gstorm.Spout { return source }).Output("default", "v")
	b.ShellSpout("spout", "rogue").Output("default", "v")
	b.ShellBolt("bolt", "rogue").Parallelism(2).Output("default", "v").
		From("source", "", gstorm.Shuffle).From("spout", "", gstorm.Shuffle)
	b.Bolt("sink", func() gstorm.Bolt {
		return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
	}).From("bolt", "", gstorm.Shuffle)
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Error(err)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Error(err)
		return
	}
	w, err := host.New(host.Options{
		Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), DrainLimit: 5 * time.Second,
		Launch: func(c *plan.Component) (host.Launch, error) {
			return host.Launch{
				Command: []string{self, "-test.run=^TestNothingIsLeftOfRogues$"},
				Env: map[string]string{
					rogueEnv: fmt.Sprintf("%s %d %s", c.ID, seed, rogueMark()), "GORACE": "atexit_sleep_ms=0",
				},
			}, nil
		},
	})
	if err != nil {
		t.Error(err)
		return
	}
	stop := time.AfterFunc(time.Second, func() { w.Drain("enough") })
	defer stop.Stop()
	if err := w.Run(t.Context()); err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	trees := w.Snapshot().Trees
	if trees.Emitted != trees.Acked+trees.Failed+trees.TimedOut || trees.Pending != 0 {
		t.Errorf("seed %d: trees %+v", seed, trees)
	}
	for n := range source.emitted {
		if told := source.acked[n+1] + source.failed[n+1]; told != 1 {
			t.Errorf("seed %d: the source hears %d times of message %d", seed, told, n+1)
		}
	}
}

// rogueMark stands in the command lines of what rogues start.
func rogueMark() string { return "1000." + strconv.Itoa(os.Getpid()) }

// rogues are the processes that are there: children of this one, and what they have started.
func rogues(t *testing.T) (left []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		command, _ := os.ReadFile(filepath.Join(file, "cmdline")) // it may have ended meanwhile
		stat, _ := os.ReadFile(filepath.Join(file, "stat"))
		_, after, _ := strings.Cut(string(stat), ") ")
		if words := strings.Fields(after); len(words) > 1 && words[1] == strconv.Itoa(os.Getpid()) || strings.Contains(string(command), rogueMark()) {
			left = append(left, string(command))
		}
	}
	return left
}

func openFiles(t *testing.T) (files []string) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if file, err := os.Readlink(link); err == nil { // the descriptor of the listing itself is gone
			files = append(files, file)
		}
	}
	return files
}

// comesTrue waits some time for something to be so.
func comesTrue(so func() bool) bool {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(10 * time.Second); !so(); {
		select {
		case <-look.C:
		case <-limit:
			return false
		}
	}
	return true
}
