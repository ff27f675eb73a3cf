package watch_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/watch"
)

func start(t *testing.T, dir string) *watch.Watcher {
	t.Helper()
	w, err := watch.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return w
}

func write(t *testing.T, dir, name string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wantChange waits until the files have been told, in one change or in several.
func wantChange(t *testing.T, w *watch.Watcher, dir string, names ...string) {
	t.Helper()
	want, got := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		want[filepath.Join(dir, name)] = true
	}
	limit := time.After(20 * time.Second)
	for len(got) < len(want) {
		select {
		case files := <-w.Changes():
			for _, file := range files {
				got[file] = true
			}
		case <-limit:
			t.Fatalf("told of %v, want %v", got, want)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestChangedFilesAreTold(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "old.rb")
	write(t, dir, "below/old.rb")
	w := start(t, dir)
	write(t, dir, "old.rb")
	write(t, dir, "below/old.rb")
	write(t, dir, "new.rb")
	write(t, dir, "made/later/new.rb")
	wantChange(t, w, dir, "old.rb", "below/old.rb", "new.rb", "made/later/new.rb")

	// As editors save: a new file takes the place of the old one.
	write(t, dir, ".old.rb.swp")
	if err := os.Rename(filepath.Join(dir, ".old.rb.swp"), filepath.Join(dir, "old.rb")); err != nil {
		t.Fatal(err)
	}
	wantChange(t, w, dir, "old.rb")
}

func TestWhatNobodyWritesIsNotWatched(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".git/x", "node_modules/a/x", "src/__pycache__/x", "src/x"} {
		write(t, dir, name)
	}
	w := start(t, dir)
	for _, name := range []string{".git/x", "node_modules/a/x", "src/__pycache__/x", ".hidden", "src/x"} {
		write(t, dir, name)
	}
	wantChange(t, w, dir, "src/x")
}

func TestFolderThatIsNotThere(t *testing.T) {
	if _, err := watch.New(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}
