package logs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestWorkersAreMergedByTime(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.1.log", record(1, "a")+"\n"+record(4, "d")+"\n")
	put(t, folder, "worker-1.log", record(5, "e")+"\n"+record(7, "g")+"\n")
	put(t, folder, "worker-2.log", record(2, "b")+"\n"+record(3, "c")+"\n"+record(3, "c again")+"\n"+record(2, "the clock was set back")+"\n"+record(6, "f")+"\n")
	put(t, folder, "worker-3.9.log", record(8, "h")+"\n") // killed before it could begin another
	put(t, folder, "worker-10.log.gz", "not a log")
	put(t, folder, "worker-01.log", "not a log")
	want := []string{"a", "b", "c", "c again", "the clock was set back", "d", "e", "f", "g", "h"}
	if got := messages(all(t, Query{Folder: folder})); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for n := range len(want) {
		if got := messages(all(t, Query{Folder: folder, Last: n + 1})); !slices.Equal(got, want[len(want)-n-1:]) {
			t.Errorf("the last %d: %q", n+1, got)
		}
	}
	if got := messages(all(t, Query{Folder: folder, Worker: 2, Last: 2})); !slices.Equal(got, []string{"the clock was set back", "f"}) {
		t.Errorf("of worker 2: %q", got)
	}
	if got := all(t, Query{Folder: folder, Worker: 4}); len(got) > 0 {
		t.Errorf("of worker 4: %+v", got)
	}
}

func TestFilters(t *testing.T) {
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder})
	log := logger(w)
	log.Debug("one", "component", "split", "task", 1)
	log.Info("two", "component", "split", "task", 2)
	log.Warn("three", "component", "count", "task", 3, "cause", "a slow \"disk\"")
	mustWrite(t, w, "panic: four\n")
	log.Error("five")
	for _, c := range []struct {
		query Query
		want  string
	}{
		{Query{}, "one two three panic: four five"},
		{Query{Components: []string{"split"}}, "one two"},
		{Query{Components: []string{"split", "count"}, Tasks: []int{2, 3}}, "two three"},
		{Query{Level: slog.LevelInfo}, "two three panic: four five"},
		{Query{Level: slog.LevelError}, "panic: four five"},
		{Query{Contains: `slow "disk"`}, "three"},
		{Query{Contains: "our"}, "panic: four"},
		{Query{Contains: "split", Last: 1}, "two"},
	} {
		c.query.Folder = folder
		if got := strings.Join(messages(all(t, c.query)), " "); got != c.want {
			t.Errorf("%+v: %s", c.query, got)
		}
	}
}

// TestLinesThatAreNoRecords stay where they were written.
func TestLinesThatAreNoRecords(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.1.log", record(1, "a")+"\npanic: b\n\n")
	put(t, folder, "worker-1.log", "goroutine 1 [running]:\n"+record(9, "started again")+"\n")
	put(t, folder, "worker-2.log", "before all\n"+record(5, "c")+"\nkilled within a li")
	lines := all(t, Query{Folder: folder})
	want := []string{"before all", "a", "panic: b", "goroutine 1 [running]:", "c", "killed within a li", "started again"}
	if got := messages(lines); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if l := lines[3]; l.Level != slog.LevelError || !l.Time.Equal(begin.Add(time.Second)) || l.Worker != 1 {
		t.Errorf("%+v", l)
	}

	put(t, folder, "worker-3.log", record(2, "x")+"\n"+strings.Repeat("stray\n", 3*maxStrays)+record(8, "y")+"\n")
	lines = all(t, Query{Folder: folder, Worker: 3})
	if len(lines) != 3*maxStrays+2 || lines[0].Message != "x" || lines[1].Time.IsZero() {
		t.Errorf("%d lines, the second at %s", len(lines), lines[1].Time)
	}
}

// TestLinesOfAllLengths reads lines about as long as what is read at once, and about as long as is read of one at all, both
// ways.
func TestLinesOfAllLengths(t *testing.T) {
	lengths := []int{0, 1, 10, 1000, block - 1, block, block + 1, 2 * block, maxLine - 1, maxLine, maxLine + 1, maxLine + block + 7, 2*maxLine + 1}
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 0))
		folder := t.TempDir()
		var want []string
		for _, name := range []string{fullName(1, 1), fullName(1, 2), current(1)} {
			var text bytes.Buffer
			for n := range 8 {
				line := bytes.Repeat([]byte{'a' + byte(n)}, lengths[r.IntN(len(lengths))])
				text.Write(append(line, '\n'))
				if len(line) > 0 {
					want = append(want, string(line[:min(len(line), maxLine)]))
				}
			}
			put(t, folder, name, text.String())
		}
		if got := messages(all(t, Query{Folder: folder})); !slices.Equal(got, want) {
			t.Errorf("seed %d: backwards %s", seed, lengthsOf(got))
		}
		forwards := &tail{folder: filepath.Join(folder, topology), worker: 1, number: 1}
		var got []string
		for {
			text, ok, err := forwards.next([]int{1, 2})
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			got = append(got, string(text))
		}
		forwards.close()
		if !slices.Equal(got, want) {
			t.Errorf("seed %d: forwards %s, not %s", seed, lengthsOf(got), lengthsOf(want))
		}
	}
}

func lengthsOf(lines []string) string {
	var all []string
	for _, line := range lines {
		all = append(all, fmt.Sprintf("%.1s:%d", line, len(line)))
	}
	return strings.Join(all, " ")
}

// TestATopologyThatHasNotLoggedYet is followed from before its folder is there.
func TestATopologyThatHasNotLoggedYet(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	if got := all(t, Query{Folder: folder}); len(got) > 0 {
		t.Error(got)
	}
	f := follow(t, Query{Folder: folder, Last: 10})
	logger(openWriter(t, Options{Folder: folder})).Info("first")
	f.expect("first")
	logger(openWriter(t, Options{Folder: folder, Worker: 2})).Info("of another worker")
	f.expect("of another worker")
}

func TestFollowingGoesOnAfterTheLast(t *testing.T) {
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder})
	for _, message := range []string{"one", "two", "three"} {
		logger(w).Info(message)
	}
	f := follow(t, Query{Folder: folder, Last: 2})
	f.expect("two")
	f.expect("three")
	mustWrite(t, w, "panic: four\n")
	logger(w).Debug("five")
	f.expect("panic: four")
	f.expect("five")
}

// TestALineThatIsBeingWritten is not read before it has its end.
func TestALineThatIsBeingWritten(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.log", record(1, "whole")+"\nhal")
	f := follow(t, Query{Folder: folder, Last: 2})
	f.expect("whole")
	file, err := os.OpenFile(filepath.Join(folder, topology, "worker-1.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString("f\n" + record(2, "next") + "\n")
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	f.expect("half")
	f.expect("next")
}

// TestFollowingThroughRotations misses no line while files become full faster than it looks, of many workers.
func TestFollowingThroughRotations(t *testing.T) {
	const workers, lines = 3, 2000
	folder := t.TempDir()
	f := follow(t, Query{Folder: folder, Last: workers * lines}) // wherever it begins
	for worker := 1; worker <= workers; worker++ {
		w := openWriter(t, Options{Folder: folder, Worker: worker, Size: 3000, Keep: 10000})
		go func() {
			log := logger(w)
			for n := range lines {
				log.Info("line", "n", n)
			}
		}()
	}
	next := map[int]int{}
	for range workers * lines {
		l := f.next()
		if l.Attributes[0].Value != fmt.Sprint(next[l.Worker]) {
			t.Fatalf("after %d of worker %d comes %s", next[l.Worker], l.Worker, l.Text)
		}
		next[l.Worker]++
	}
}

// TestFollowingALogWhoseFilesAreRemoved says that lines are missing, and goes on with those that are there.
func TestFollowingALogWhoseFilesAreRemoved(t *testing.T) {
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder, Size: 10, Keep: 2})
	mustWrite(t, w, "line 0\n")
	mustWrite(t, w, "line 1\n")
	f := follow(t, Query{Folder: folder, Last: 2})
	f.expect("line 0") // it waits until somebody takes the second
	for n := 2; n < 20; n++ {
		mustWrite(t, w, fmt.Sprintf("line %d\n", n))
	}
	f.expect("line 1")
	l := f.next()
	if l.Level != slog.LevelWarn || !strings.Contains(l.Message, "missing") || l.Worker != 1 {
		t.Errorf("%+v", l)
	}
	for n := 17; n < 20; n++ {
		f.expect(fmt.Sprintf("line %d", n))
	}
}

// TestTheLastOfMuch reads the last lines out of many, and not all of them.
func TestTheLastOfMuch(t *testing.T) {
	folder := t.TempDir()
	var text bytes.Buffer
	for n := range 4000 {
		text.WriteString(record(n, fmt.Sprintf("%d %s", n, strings.Repeat("x", 400))) + "\n")
	}
	for number := range 8 {
		put(t, folder, fullName(1, number+1), text.String())
	}
	put(t, folder, current(1), text.String())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := all(t, Query{Folder: folder, Last: 10})
	runtime.ReadMemStats(&after)
	if len(got) != 10 || !strings.HasPrefix(got[9].Message, "3999 ") {
		t.Errorf("%q", messages(got))
	}
	if size := after.TotalAlloc - before.TotalAlloc; size > 1<<20 {
		t.Errorf("%d bytes are allocated for the last of %d", size, 9*text.Len())
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.log", record(1, "a")+"\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var failed error
	for _, err := range Read(ctx, Query{Folder: folder, Topology: topology, Last: 1}) {
		failed = err
	}
	if !errors.Is(failed, context.Canceled) {
		t.Error(failed)
	}
	var n atomic.Int32
	for l, err := range Read(t.Context(), Query{Folder: folder, Topology: topology, Last: 1, Follow: true}) {
		if n.Add(1); err != nil || l.Message != "a" {
			t.Errorf("%+v, %v", l, err)
		}
		break // and nothing goes on, which the end of the tests sees
	}
	if n.Load() != 1 {
		t.Error(n.Load())
	}
}
