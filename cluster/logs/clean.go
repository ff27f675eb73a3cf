package logs

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// CleanOptions say what of the logs of a node is kept. All must be set.
type CleanOptions struct {
	Folder string        // DIR/logs
	Before time.Time     // what was written last before is removed
	Size   int64         // of all that is kept, in bytes: the oldest is removed first
	Busy   map[Busy]bool // workers that may be writing: their current files are kept
}

// Busy is a worker that may be writing its log.
type Busy struct {
	Topology string // its id
	Worker   int
}

// Clean removes files that are too old, or too many. It goes on where one can't be removed; the error names all of them.
func Clean(o CleanOptions) error {
	topologies, err := os.ReadDir(o.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c := cleaning{options: o, used: map[string]bool{}}
	for b := range o.Busy {
		c.used[b.Topology] = true
	}
	for _, entry := range topologies {
		if _, err := folderOf(o.Folder, entry.Name()); err != nil || !entry.IsDir() {
			continue // nobody here has put it there
		}
		c.failed = errors.Join(c.failed, c.look(entry.Name()))
	}
	slices.SortFunc(c.files, func(a, b file) int { return cmp.Or(a.written.Compare(b.written), cmp.Compare(a.path, b.path)) })
	for _, f := range c.files {
		if f.written.Before(o.Before) || c.size > o.Size {
			c.remove(f)
		}
	}
	for folder, left := range c.left {
		if left == 0 && !c.used[folder] {
			c.failed = errors.Join(c.failed, gone(os.Remove(filepath.Join(o.Folder, folder))))
		}
	}
	return c.failed
}

// cleaning is one Clean.
type cleaning struct {
	options CleanOptions
	used    map[string]bool // topologies with workers that may be writing
	files   []file          // that may be removed
	size    int64           // of all files
	left    map[string]int  // entries of each topology's folder
	failed  error
}

type file struct {
	topology, path string
	size           int64
	written        time.Time
}

// look finds the files of a topology.
func (c *cleaning) look(topology string) error {
	folder := filepath.Join(c.options.Folder, topology)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return gone(err)
	}
	if c.left == nil {
		c.left = map[string]int{}
	}
	c.left[topology] = len(entries)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			if gone(err) != nil {
				return err
			}
			continue // another was begun meanwhile
		}
		c.size += info.Size()
		worker, number, ok := numbersOf(entry.Name())
		switch {
		case ok && number == 0 && c.options.Busy[Busy{topology, worker}]:
			continue
		case !ok && (c.used[topology] || !strings.HasPrefix(entry.Name(), ".worker-")): // what a worker that was killed was about to begin
			continue
		}
		c.files = append(c.files, file{topology, filepath.Join(folder, entry.Name()), info.Size(), info.ModTime()})
	}
	return nil
}

func (c *cleaning) remove(f file) {
	if err := gone(os.Remove(f.path)); err != nil {
		c.failed = errors.Join(c.failed, err)
		return
	}
	c.size -= f.size
	c.left[f.topology]--
}

// gone takes what is not there for what was to be.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
