package chaos

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// witnesses are what the tasks of testdata/chaos.rb write down.
type witnesses struct {
	folder string
	lives  []*life
	byFile map[string]*life
	sunk   []sunk // by time
}

// life is a process of a task.
type life struct {
	component   string
	task, pid   int
	first, last time.Duration // when it did something, by the monotonic clock
	handled     time.Duration // of the tuples that it has handled, or emitted, when the last was emitted
	read        int64         // bytes of its file
}

// sunk is a number that got to a sink.
type sunk struct {
	number    string // SPOUT:N
	begun, at time.Duration
}

// monotonic is what the tasks' clock shows.
func monotonic() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		panic(err)
	}
	return time.Duration(now.Nano())
}

// look reads what has been written since the last time.
func (w *witnesses) look(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "witness-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		w.read(t, file)
	}
	w.lives = w.lives[:0]
	for _, l := range w.byFile {
		if l.first != 0 {
			w.lives = append(w.lives, l)
		}
	}
	slices.SortFunc(w.lives, func(a, b *life) int {
		return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(a.first, b.first))
	})
	slices.SortFunc(w.sunk, func(a, b sunk) int { return cmp.Compare(a.at, b.at) })
}

// read reads on in the file of a process.
func (w *witnesses) read(t *testing.T, path string) {
	t.Helper()
	l := w.byFile[path]
	if l == nil {
		parts := strings.Split(filepath.Base(path), "-")
		l = &life{component: parts[1], task: number(t, parts[2]), pid: number(t, parts[3])}
		w.byFile[path] = l
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(l.read, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return // what comes last may be half a line by now
		}
		l.read += int64(len(line))
		w.note(t, l, strings.Fields(line))
	}
}

// note takes in a line: TIME start, TIME emit, TIME ack, TIME pass BEGUN, or TIME sink BEGUN NUMBER.
func (w *witnesses) note(t *testing.T, l *life, line []string) {
	t.Helper()
	at := time.Duration(number(t, line[0])) * time.Microsecond
	if l.first == 0 {
		l.first = at
	}
	l.last = at
	switch what := line[1]; what {
	case "emit":
		l.handled = at
	case "pass", "sink":
		l.handled = time.Duration(number(t, line[2])) * time.Microsecond
		if what == "sink" {
			w.sunk = append(w.sunk, sunk{line[3], l.handled, at})
		}
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// allHandleSince reports whether each of the tasks has handled, or emitted, a tuple that was emitted after a time.
func (w *witnesses) allHandleSince(at time.Duration, tasks int) bool {
	since := map[int]bool{}
	for _, l := range w.lives {
		if l.handled > at {
			since[l.task] = true
		}
	}
	return len(since) == tasks
}

// judgeNumbers fails the test if a number that was acked never got to a sink, or a spout has not acked all that it had.
func (w *witnesses) judgeNumbers(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range w.sunk {
		seen[s.number] = true
	}
	numbers := 0
	for spout := range spouts {
		text, err := os.ReadFile(filepath.Join(w.folder, fmt.Sprint("end-", spout)))
		if err != nil {
			t.Fatalf("spout %d never came to its end: %v", spout, err)
		}
		last, err := strconv.Atoi(string(text))
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for n := 1; n <= last; n++ {
			if !seen[fmt.Sprintf("%d:%d", spout, n)] {
				lost++
			}
		}
		if lost > 0 {
			t.Errorf("%d of the %d numbers of spout %d never got to a sink", lost, last, spout)
		}
		numbers += last
	}
	if numbers == 0 {
		t.Error("nothing was handled")
	}
	t.Logf("%d numbers, %d times at a sink; %d processes of tasks", numbers, len(w.sunk), len(w.lives))
}

// judgeOwners fails the test if two processes of one task have been at work at the same time.
func (w *witnesses) judgeOwners(t *testing.T) {
	t.Helper()
	for i, l := range w.lives[1:] {
		if before := w.lives[i]; before.task == l.task && before.last >= l.first {
			t.Errorf("task %d (%s) ran twice: process %d until %v, process %d from %v", l.task, l.component,
				before.pid, before.last, l.pid, l.first)
		}
	}
}

// gap is the longest time from one number at a sink to the next, of those after a time.
func (w *witnesses) gap(since time.Duration) (longest time.Duration) {
	last := since
	for _, s := range w.sunk {
		if s.at > last {
			longest = max(longest, s.at-last)
			last = s.at
		}
	}
	return longest
}

// recovered is how long after a time the rate of numbers at the sinks, over a second, was back at 90 % of what it was in the
// seconds before, and stayed there to the end.
func (w *witnesses) recovered(since, end time.Duration) (time.Duration, bool) {
	const before = 3 * time.Second
	usual := float64(w.between(since-before, since)) / before.Seconds()
	back := time.Duration(-1)
	for at := since; at+time.Second <= end; at += 50 * time.Millisecond {
		if float64(w.between(at, at+time.Second)) < 0.9*usual {
			back = -1
		} else if back < 0 {
			back = at - since
		}
	}
	return back, back >= 0
}

// between counts the numbers at sinks from a time to another.
func (w *witnesses) between(from, to time.Duration) int {
	at := func(t time.Duration) int {
		i, _ := slices.BinarySearchFunc(w.sunk, t, func(s sunk, t time.Duration) int { return cmp.Compare(s.at, t) })
		return i
	}
	return at(to) - at(from)
}
