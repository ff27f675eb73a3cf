package file

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/connectortest"
)

// contents are the files of a folder, and what is in them.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

// linesOf are the lines of the files of a folder, the oldest of each task first, as the texts that were written.
func linesOf(t *testing.T, dir string) []string {
	t.Helper()
	files := contents(t, dir)
	var names []string
	for name, text := range files {
		if text != "" && !strings.HasSuffix(text, "\n") {
			t.Errorf("%s ends in the middle of a line", name)
		}
		names = append(names, name)
	}
	age := func(name string) (string, int) {
		base, number, rotated := strings.Cut(name, ".txt.")
		if !rotated {
			return strings.TrimSuffix(name, ".txt"), 1 << 30
		}
		n := 0
		for _, digit := range number {
			n = 10*n + int(digit-'0')
		}
		return base, n
	}
	slices.SortFunc(names, func(a, b string) int {
		taskA, ageA := age(a)
		taskB, ageB := age(b)
		return 2*strings.Compare(taskA, taskB) + max(-1, min(1, ageA-ageB))
	})
	back := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t")
	var lines []string
	for _, name := range names {
		for line := range strings.Lines(files[name]) {
			lines = append(lines, back.Replace(strings.TrimSuffix(line, "\n")))
		}
	}
	return lines
}

func TestFileKeepsWhatSinksPromise(t *testing.T) {
	for name, options := range map[string]map[string]any{
		"plain":   {},
		"synced":  {"sync": true},
		"rotated": {"max_bytes": 64, "sync": true},
	} {
		t.Run(name, func(t *testing.T) {
			connectortest.Sink(t, func(t *testing.T) connectortest.Target {
				dir := filepath.Join(t.TempDir(), "out")
				all := map[string]any{"path": filepath.Join(dir, "a.txt")}
				for name, value := range options {
					all[name] = value
				}
				made := build(t, gstorm.BoltKind, "file", all)
				return connectortest.Target{New: made.NewBolt, Read: func() []string { return linesOf(t, dir) }}
			})
		})
	}
}

// TestAFullDiskLosesNothing limits the size that a file may have, as a full disk does: a write ends half-way.
func TestAFullDiskLosesNothing(t *testing.T) {
	connectortest.Sink(t, func(t *testing.T) connectortest.Target {
		dir := filepath.Join(t.TempDir(), "out")
		made := build(t, gstorm.BoltKind, "file", map[string]any{"path": filepath.Join(dir, "a.txt")})
		return connectortest.Target{
			New: made.NewBolt, Read: func() []string { return linesOf(t, dir) },
			Break: func() func() {
				var before syscall.Rlimit
				if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(filepath.Join(dir, "a.txt"))
				if err != nil {
					t.Fatal(err)
				}
				limit := before
				limit.Cur = uint64(info.Size()) + 3 // a part of a line fits
				if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
					t.Fatal(err)
				}
				mend := func() {
					if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
						t.Error(err)
					}
				}
				t.Cleanup(mend)
				return mend
			},
		}
	})
}

func TestFormats(t *testing.T) {
	tuple := connectortest.Tuple(gstorm.Fields{"a", "b", "c"}, "x\t<y>", 1.5, []any{nil, true})
	for format, want := range map[string]string{
		"text": "x\\t<y>\t1.5\t[null,true]\n",
		"json": `{"a":"x\t<y>","b":1.5,"c":[null,true]}` + "\n",
		"list": `["x\t<y>",1.5,[null,true]]` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "a.txt")
		b := build(t, gstorm.BoltKind, "file", map[string]any{"path": path, "format": format}).NewBolt()
		connectortest.Open(t, b)
		connectortest.Execute(t, b, tuple)
		connectortest.Close(t, b)
		if got := contents(t, filepath.Dir(path))["a.txt"]; got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "a.txt", "old\n")
		write(t, dir, "a.txt.2", "kept\n")
		b := build(t, gstorm.BoltKind, "file", map[string]any{"path": filepath.Join(dir, "a.txt"), "max_bytes": 10, "max_age": 60}).NewBolt()
		connectortest.Open(t, b)
		put := func(texts ...string) {
			for _, text := range texts {
				connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"value"}, text))
			}
		}
		put("12345", "678901234567890", "a") // fills it, is longer than any, begins another one
		time.Sleep(59 * time.Second)         // on the virtual clock
		put("b")
		time.Sleep(time.Second)
		put("c")
		connectortest.Close(t, b)
		want := map[string]string{
			"a.txt.2": "kept\n", "a.txt.3": "old\n12345\n", "a.txt.4": "678901234567890\n", "a.txt.5": "a\nb\n", "a.txt": "c\n",
		}
		if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAnUnfinishedLineStaysApart(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "whole\nunfin")
	b := build(t, gstorm.BoltKind, "file", map[string]any{"path": filepath.Join(dir, "a.txt")}).NewBolt()
	connectortest.Open(t, b)
	connectortest.Execute(t, b, connectortest.Tuple(gstorm.Fields{"value"}, "next"))
	connectortest.Close(t, b)
	if got := contents(t, dir)["a.txt"]; got != "whole\nunfin\nnext\n" {
		t.Errorf("the file has %q", got)
	}
}

func TestTasksHaveFilesOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	made := build(t, gstorm.BoltKind, "file", map[string]any{"path": filepath.Join(dir, "a.b.txt")})
	for i := range 2 {
		b := made.NewBolt()
		if err := b.(gstorm.Opener).Open(t.Context(), connectortest.Task(t, i, 2)); err != nil {
			t.Fatal(err)
		}
		connectortest.Close(t, b)
	}
	if diff := cmp.Diff(map[string]string{"a.b-0.txt": "", "a.b-1.txt": ""}, contents(t, dir)); diff != "" {
		t.Error(diff)
	}
}
