package terminal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/stats"
)

// show runs Show on a terminal of the given size in a bubble of virtual time, and what uses it; then it ends Show.
func show(t *testing.T, columns, rows int, view func() View, use func(s *Screen, term *vt)) *vt {
	term := newVT(columns, rows)
	synctest.Test(t, func(t *testing.T) {
		s := NewScreen(Options{Out: struct{ io.Writer }{term}, Err: term, OutTerminal: true, Size: term.size, Table: true})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			s.Show(ctx, view)
			close(ended)
		}()
		synctest.Wait()
		use(s, term)
		cancel()
		<-ended
	})
	return term
}

func running() View { return View{Snapshot: wordCount()} }

func TestTableStaysBelowTheLines(t *testing.T) {
	var b strings.Builder
	look := func(when string, term *vt) { fmt.Fprintf(&b, "--- %s\n%s\n", when, term.screen()) }
	term := show(t, 80, 14, running, func(s *Screen, term *vt) {
		look("at the start", term)
		log := slog.New(NewHandler(s.Log(), slog.LevelInfo, false))
		record(log.Handler(), slog.LevelInfo, "started", "component", "split", "task", 3)
		s.Print("storm 42")
		time.Sleep(flushEvery)
		look("after two lines", term)
		for i := range 10 {
			s.Print(fmt.Sprint("line ", i))
		}
		record(log.Handler(), slog.LevelError, strings.Repeat("a line that is longer than the terminal ", 4))
		time.Sleep(time.Second)
		look("after many", term)
	})
	look("at the end", term)
	golden(t, "screen", b.String())
}

func TestTableIsRedrawn(t *testing.T) {
	v := running()
	v.Components = v.Components[:1]
	show(t, 60, 10, func() View { v.Seconds++; return v }, func(s *Screen, term *vt) {
		time.Sleep(2*redrawEvery + redrawEvery/2)
		synctest.Wait()
		if got := term.screen(); !strings.HasPrefix(got, "word_count  running  5.3s") || strings.Count(got, "word_count") != 1 {
			t.Errorf("after two redraws:\n%s", got)
		}
	})
}

func TestResizeLeavesNothingBehind(t *testing.T) {
	term := newVT(110, 20)
	synctest.Test(t, func(t *testing.T) {
		resized := make(chan os.Signal)
		s := NewScreen(Options{Out: io.Discard, Err: term, Size: term.size, Table: true, Resized: resized})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			s.Show(ctx, running)
			close(ended)
		}()
		synctest.Wait()
		same := new(table) // sees what the table of Show sees, so that the rates are the same
		same.draw(running(), 110, 20)
		for _, columns := range []int{40, 110, 23, 80, 9, 80} {
			term.resize(columns, 20)
			resized <- os.Interrupt
			synctest.Wait()
			want := strings.Join(same.draw(running(), columns, 20), "\n")
			got := strings.TrimRight(term.screen(), "\n")
			if diff := cmp.Diff(trimRows(want), got); diff != "" {
				t.Errorf("at %d columns (-want +got):\n%s", columns, diff)
			}
		}
		cancel()
		<-ended
	})
	if got := term.screen(); got != "" {
		t.Errorf("left behind:\n%s", got)
	}
}

func trimRows(s string) string {
	rows := strings.Split(s, "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}

func TestLinesOfManyWritersArriveWholeAndInOrder(t *testing.T) {
	const writers, each = 8, 2000
	term := show(t, 200, 24, running, func(s *Screen, _ *vt) {
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for i := range each {
					if i%2 == 0 {
						s.Print(fmt.Sprintf("%d %d %s", w, i, strings.Repeat("x", 100)))
					} else {
						fmt.Fprintf(s.Log(), "%d %d %s\n", w, i, strings.Repeat("x", 100))
					}
				}
			})
		}
		group.Wait()
	})
	next := make([]int, writers)
	for _, line := range term.lines {
		var w, i int
		var x string
		if n, _ := fmt.Sscanf(line, "%d %d %s", &w, &i, &x); n < 3 || len(x) != 100 || next[w] != i {
			if line == "" {
				continue
			}
			t.Fatalf("line %q, expected number %d of its writer", line, next[w])
		}
		next[w]++
	}
	for w, n := range next {
		if n != each {
			t.Errorf("%d of %d lines of writer %d", n, each, w)
		}
	}
}

func TestWithoutATerminalBytesPassAsTheyAre(t *testing.T) {
	var out, errs bytes.Buffer
	s := NewScreen(Options{Out: &out, Err: &errs})
	s.Show(t.Context(), func() View { panic("there is no table") })
	s.Print("\x1b[2J\xff\ttwo\r")
	fmt.Fprintln(s.Log(), "logged")
	if out.String() != "\x1b[2J\xff\ttwo\r\n" || errs.String() != "logged\n" {
		t.Errorf("stdout %q, stderr %q", out.String(), errs.String())
	}
}

func TestPrintedLinesCannotMoveTheCursor(t *testing.T) {
	term := show(t, 60, 12, running, func(s *Screen, _ *vt) { s.Print("\x1b[9Aup\x1b[31mred\r") })
	if got := term.screen(); got != "\\x1b[9Aupred\\r\n" {
		t.Errorf("screen is %q", got)
	}
}

func TestPanicInTheViewTakesTheTableAway(t *testing.T) {
	term := newVT(60, 12)
	s := NewScreen(Options{Out: term, Err: term, Size: term.size, Table: true})
	calls := 0
	func() {
		defer func() { _ = recover() }()
		resized := make(chan os.Signal, 1)
		resized <- os.Interrupt
		s.o.Resized = resized
		s.Show(t.Context(), func() View {
			if calls++; calls == 2 {
				panic("no view")
			}
			return View{Snapshot: stats.Snapshot{Topology: "t", State: stats.Running}}
		})
	}()
	if got := term.screen(); calls != 2 || got != "" {
		t.Errorf("after %d views the screen is %q", calls, got)
	}
}

func TestDetectTakesFilesAndPipesForWhatTheyAre(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	o := Detect(w, w, func(string) string { return "" })
	if o.OutTerminal || o.Colour || o.Size != nil || o.Table || !isPipe(w) || isPipe(io.Discard) {
		t.Errorf("a pipe is taken for %+v", o)
	}
}
