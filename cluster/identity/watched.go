package identity

import (
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
)

// watched is what some files hold, read again when it is asked for and they have changed.
type watched[T any] struct {
	paths []string
	read  func() (T, error)
	log   *slog.Logger

	mu    sync.Mutex // guards all below
	seen  []fs.FileInfo
	value T
	told  string // the last error that was logged
}

// watch reads files for the first time.
func watch[T any](log *slog.Logger, read func() (T, error), paths ...string) (*watched[T], error) {
	w := &watched[T]{paths: paths, read: read, log: log, seen: look(paths)}
	var err error
	w.value, err = read()
	return w, err
}

// get is what the files hold, or held when they could be read last.
func (w *watched[T]) get() T {
	w.mu.Lock()
	defer w.mu.Unlock()
	// Looked at before they are read: what changes meanwhile is read the next time.
	now := look(w.paths)
	if slices.EqualFunc(now, w.seen, same) {
		return w.value
	}
	files := strings.Join(w.paths, " ")
	value, err := w.read()
	switch {
	case err == nil:
		w.value, w.seen, w.told = value, now, ""
		w.log.Info("read again, for it has changed", "file", files)
	case err.Error() != w.told:
		w.told = err.Error()
		w.log.Error("has changed and can't be read; what it held before goes on", "file", files, "error", err)
	}
	return w.value
}

// look tells files as they are from what they are after a change; nil stands for one that is not there.
func look(paths []string) []fs.FileInfo {
	seen := make([]fs.FileInfo, len(paths))
	for i, path := range paths {
		seen[i], _ = os.Stat(path)
	}
	return seen
}

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
