package logs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// names are the files of the topology's log, in the order in which they were written.
func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	workers, err := listOf(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range workers[1] {
		list = append(list, fullName(1, number))
	}
	return append(list, current(1))
}

func listOf(folder string) (map[int][]int, error) { return list(filepath.Join(folder, topology)) }

// content is what the files have, one after the other.
func content(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names(t, folder) {
		text, err := os.ReadFile(filepath.Join(folder, topology, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(text), "\n") || strings.HasPrefix(string(text), "\n") {
			t.Errorf("%s is not made of whole lines: %q", name, text)
		}
		all.Write(text)
	}
	return all.String()
}

func mustWrite(t *testing.T, w *Writer, text string) {
	t.Helper()
	if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
}

// TestRotationUnderManyWriters finds each line once, whole, and those of each goroutine in their order.
func TestRotationUnderManyWriters(t *testing.T) {
	const writers, lines = 8, 500
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder, Size: 2000, Keep: 10000})
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			log := logger(w).With("component", fmt.Sprint(writer))
			for n := range lines {
				log.Info(strings.Repeat("x", n%90), "n", n)
			}
		})
	}
	all.Wait()
	next := map[string]int{}
	for text := range strings.Lines(content(t, folder)) {
		l, ok := parse([]byte(text))
		if !ok || len(l.Attributes) != 1 || l.Attributes[0].Value != fmt.Sprint(next[l.Component]) {
			t.Fatalf("after %v comes %q", next, text)
		}
		next[l.Component]++
	}
	for writer := range writers {
		if next[fmt.Sprint(writer)] != lines {
			t.Errorf("%d lines of %d", next[fmt.Sprint(writer)], writer)
		}
	}
	for _, name := range names(t, folder) {
		if info, err := os.Stat(filepath.Join(folder, topology, name)); err != nil || info.Size() > 2000 || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
}

func TestOldFilesAreRemoved(t *testing.T) {
	folder := t.TempDir()
	for restart := range 3 {
		w, err := Open(Options{Folder: folder, Topology: topology, Worker: 1, Size: 10, Keep: 2})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 4 {
			mustWrite(t, w, fmt.Sprintf("line %d %d\n", restart, n))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, folder); !slices.Equal(got, []string{"worker-1.10.log", "worker-1.11.log", "worker-1.log"}) {
		t.Error(got)
	}
	if got := content(t, folder); got != "line 2 1\nline 2 2\nline 2 3\n" {
		t.Error(got)
	}
}

func TestALogGoesOnAfterARestart(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.log", "first\nkilled within a li")
	put(t, folder, ".worker-1.next", "from before a kill\n")
	w := openWriter(t, Options{Folder: folder, Size: 40})
	mustWrite(t, w, "second\n")
	mustWrite(t, w, "third, without an end")
	mustWrite(t, w, "fourth\n")
	if got := content(t, folder); got != "first\nkilled within a li\nsecond\nthird, without an end\nfourth\n" {
		t.Errorf("%q", got)
	}
	if got := len(names(t, folder)); got != 2 {
		t.Errorf("%d files", got)
	}
}

func TestALineIsNeverDivided(t *testing.T) {
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder, Size: 10})
	long := strings.Repeat("x", 100) + "\n"
	mustWrite(t, w, long)
	mustWrite(t, w, "two\nlines\nof one record\n")
	mustWrite(t, w, long)
	text, err := os.ReadFile(filepath.Join(folder, topology, "worker-1.2.log"))
	if err != nil || string(text) != "two\nlines\nof one record\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestNoOtherFileCanBeBegun has the lines go to the file that there is.
func TestNoOtherFileCanBeBegun(t *testing.T) {
	folder := t.TempDir()
	w := openWriter(t, Options{Folder: folder, Size: 10})
	obstacle := filepath.Join(folder, topology, next(1))
	if err := os.Mkdir(obstacle, 0o700); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, w, "line 1\n")
	for _, line := range []string{"line 2\n", "line 3\n"} {
		if n, err := w.Write([]byte(line)); n != len(line) || err == nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, w, "line 4\n")
	if got := content(t, folder); got != "line 1\nline 2\nline 3\nline 4\n" || len(names(t, folder)) != 2 {
		t.Errorf("%q", got)
	}
}

func TestAClosedLog(t *testing.T) {
	w := openWriter(t, Options{Folder: t.TempDir()})
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if _, err := w.Write([]byte("a\n")); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestHostileNamesAreRefused(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "logs")
	for _, id := range []string{"", "..", "../evil", "/evil", "a\x00"} {
		if _, err := Open(Options{Folder: folder, Topology: id, Worker: 1}); err == nil {
			t.Errorf("%q is written", id)
		}
		for _, err := range Read(t.Context(), Query{Folder: folder, Topology: id, Last: 1}) {
			if err == nil {
				t.Errorf("%q is read", id)
			}
		}
	}
	if _, err := Open(Options{Folder: folder, Topology: topology, Worker: -1}); err == nil {
		t.Error("worker -1 is written")
	}
	if entries, _ := os.ReadDir(root); len(entries) > 0 {
		t.Error(entries)
	}
}
