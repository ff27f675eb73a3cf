// Package watch tells which files below a folder have been changed.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing may have changed before a change is told: editors write a file in several steps.
	quiet = 100 * time.Millisecond
	// longest is how long a change is kept back at most: some file may change all the time, such as a log.
	longest = 500 * time.Millisecond
	// mostFolders bounds how many folders are watched; each takes one of the system's watches.
	mostFolders = 5000
)

// skipped are folders of things that are installed or made, not written.
var skipped = []string{"node_modules", "__pycache__", "venv", "virtualenvs", "vendor", "target", "dist", "build"}

// Watcher watches the files below a folder.
type Watcher struct {
	source  *fsnotify.Watcher
	changes chan []string
	folders int
}

// New watches dir and all folders below it, but for hidden ones and those of installed packages. The caller must Run it,
// which also releases it.
func New(dir string) (*Watcher, error) {
	source, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	w := &Watcher{source: source, changes: make(chan []string)}
	if err := w.add(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("watch the files of %s: %w", dir, err), source.Close())
	}
	return w, nil
}

// Changes gives the paths of files that have been written, made or renamed since it gave some the last time, sorted, below
// the dir as New was given it. What changes while nobody receives is gathered.
func (w *Watcher) Changes() <-chan []string { return w.changes }

// Run watches until ctx ends, which is no error.
func (w *Watcher) Run(ctx context.Context) error {
	defer w.source.Close()
	changed := map[string]bool{}
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	var first time.Time     // when the first of the changed files changed
	var out chan<- []string // set once what has changed has settled
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-w.source.Events:
			if len(changed) == 0 {
				first = time.Now()
			}
			if w.note(event, changed) {
				settled.Reset(min(quiet, time.Until(first.Add(longest))))
			}
		case err := <-w.source.Errors:
			return fmt.Errorf("watch files: %w", err)
		case <-settled.C:
			out = w.changes
		case out <- slices.Sorted(maps.Keys(changed)):
			clear(changed)
			settled.Stop()
			out = nil
		}
	}
}

// note adds a changed file; false: the event is none.
func (w *Watcher) note(event fsnotify.Event, changed map[string]bool) bool {
	if event.Op == fsnotify.Chmod || event.Op == fsnotify.Remove || hidden(event.Name) {
		return false
	}
	info, err := os.Stat(event.Name)
	switch {
	case err != nil:
		return false // gone again, as editors' temporary files are
	case info.IsDir():
		_ = w.add(event.Name) // what can't be watched any more is not worth the end of the run
		return newFiles(event.Name, changed)
	}
	changed[filepath.Clean(event.Name)] = true
	return true
}

// newFiles adds what a new folder had in it before it was watched.
func newFiles(dir string, changed map[string]bool) (some bool) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && !hidden(path) {
			changed[path], some = true, true
		}
		return nil
	})
	return some
}

func (w *Watcher) add(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil:
			return fs.SkipDir
		case !entry.IsDir():
			return nil
		case path != dir && (hidden(path) || slices.Contains(skipped, entry.Name())):
			return fs.SkipDir
		case w.folders >= mostFolders:
			return fmt.Errorf("it has more than %d folders", mostFolders)
		}
		w.folders++
		return w.source.Add(path)
	})
}

func hidden(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, ".") && name != "." && name != ".."
}
