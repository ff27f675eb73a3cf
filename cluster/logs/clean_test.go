package logs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLogsAreKeptForAWhile: what is too old goes, then the oldest of what is too much; what is being written stays.
func TestLogsAreKeptForAWhile(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name string
		size int64
		want []string
	}{
		{"by age", 100 * mb, []string{"gone-3/worker-1.log", "run-2/worker-1.2.log", "run-2/worker-1.log", "strange/notes.txt"}},
		{"by size", 9 * mb / 4, []string{"run-2/worker-1.2.log", "run-2/worker-1.log", "strange/notes.txt"}},
		{"all but what is written", 1, []string{"run-2/worker-1.log", "strange/notes.txt"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, hours := range map[string]int{
				"old-1/worker-1.1.log": 500, "old-1/worker-1.log": 300, "old-1/.worker-2.next": 300, // of a topology that is no more
				"run-2/worker-1.1.log": 200, "run-2/worker-1.2.log": 1, "run-2/worker-1.log": 400, // the last waits for something to log
				"run-2/worker-7.log":  400, // of a worker that is no more
				"gone-3/worker-1.log": 2, "strange/notes.txt": 900,
			} {
				path := filepath.Join(folder, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, make([]byte, mb/2+mb/4), 0o600); err != nil {
					t.Fatal(err)
				}
				written := begin.Add(-time.Duration(hours) * time.Hour)
				if err := os.Chtimes(path, written, written); err != nil {
					t.Fatal(err)
				}
			}
			err := Clean(CleanOptions{
				Folder: folder, Before: begin.Add(-168 * time.Hour), Size: c.size + 1, Busy: map[Busy]bool{{"run-2", 1}: true},
			})
			if err != nil {
				t.Fatal(err)
			}
			left, err := filepath.Glob(filepath.Join(folder, "*", "*"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range left {
				left[i] = strings.TrimPrefix(filepath.ToSlash(left[i]), filepath.ToSlash(folder)+"/")
			}
			if !slices.Equal(left, c.want) {
				t.Errorf("left are %v, want %v", left, c.want)
			}
			if _, err := os.Stat(filepath.Join(folder, "old-1")); !os.IsNotExist(err) {
				t.Errorf("the folder of a topology without logs: %v", err)
			}
		})
	}
	if err := Clean(CleanOptions{Folder: filepath.Join(t.TempDir(), "none")}); err != nil {
		t.Error(err)
	}
}
