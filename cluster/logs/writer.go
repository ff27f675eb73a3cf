package logs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// What a zero field of Options stands for.
const (
	DefaultSize = 10 << 20
	DefaultKeep = 5
)

// Options are what a Writer needs. Folder, Topology and Worker must be set.
type Options struct {
	Folder   string // DIR/logs
	Topology string // its id
	Worker   int    // from 1
	Size     int64  // of a file, in bytes, at which another is begun
	Keep     int    // how many full files are kept beside the one that is being written
}

// Writer is the log of a worker: what slog's JSON handler writes to. Each Write is a line (a line end is added where there
// is none), and is never divided among files. Its methods may be called from any goroutine; one process at a time has the
// log of a worker open.
type Writer struct {
	options Options
	folder  string

	mu     sync.Mutex // guards all below
	file   *os.File   // nil: it is closed
	size   int64
	torn   bool  // the file does not end with a line's end
	number int   // of the last file that was full
	kept   []int // numbers of the full files
}

// Open opens the log of a worker, which goes on where it has ended.
func Open(o Options) (*Writer, error) {
	o.Size, o.Keep = cmp.Or(o.Size, DefaultSize), cmp.Or(o.Keep, DefaultKeep)
	folder, err := folderOf(o.Folder, o.Topology)
	if err != nil {
		return nil, err
	}
	if o.Worker < 1 {
		return nil, fmt.Errorf("topology %q has no worker %d: they are counted from 1", o.Topology, o.Worker)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	workers, err := list(folder)
	if err != nil {
		return nil, err
	}
	w := &Writer{options: o, folder: folder, kept: workers[o.Worker]}
	if n := len(w.kept); n > 0 {
		w.number = w.kept[n-1]
	}
	return w, w.resume()
}

// resume opens the file that is to be written.
func (w *Writer) resume() error {
	file, err := os.OpenFile(filepath.Join(w.folder, current(w.options.Worker)), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	w.file, w.size = file, info.Size()
	if w.size > 0 { // whoever has written it may have been killed within a line
		last := []byte{0}
		if _, err := file.ReadAt(last, w.size-1); err != nil {
			return errors.Join(err, file.Close())
		}
		w.torn = last[0] != '\n'
	}
	return nil
}

// Write writes a line. Where no other file can be begun it goes to the one that there is, and that is the error.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return 0, os.ErrClosed
	}
	var failed error
	if w.size > 0 && w.size+int64(len(line)) > w.options.Size {
		if failed = w.rotate(); failed != nil {
			failed = fmt.Errorf("begin another file of the log: %w", failed)
		}
	}
	text := line
	if ended := bytes.HasSuffix(line, []byte("\n")); w.torn || !ended {
		text = slices.Concat([]byte("\n"), line, []byte("\n"))
		if !w.torn {
			text = text[1:]
		}
		if ended {
			text = text[:len(text)-1]
		}
	}
	n, err := w.file.Write(text)
	w.size += int64(n)
	if n > 0 {
		w.torn = n < len(text)
	}
	if err = errors.Join(failed, err); err != nil {
		return min(n, len(line)), err
	}
	return len(line), nil
}

// rotate has the file be full and begins another. That is opened before: else there would be none to write to when it can't
// be. Files that can't be removed are tried again the next time.
func (w *Writer) rotate() error {
	begun, named := filepath.Join(w.folder, next(w.options.Worker)), filepath.Join(w.folder, current(w.options.Worker))
	file, err := os.OpenFile(begun, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	done := filepath.Join(w.folder, fullName(w.options.Worker, w.number+1))
	if err := os.Rename(named, done); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := os.Rename(begun, named); err != nil {
		return errors.Join(err, os.Rename(done, named), file.Close())
	}
	err = w.file.Close()
	w.file, w.size, w.torn = file, 0, false
	w.number++
	w.kept = append(w.kept, w.number)
	for len(w.kept) > w.options.Keep {
		removed := os.Remove(filepath.Join(w.folder, fullName(w.options.Worker, w.kept[0])))
		if removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			return errors.Join(err, removed)
		}
		w.kept = w.kept[1:]
	}
	return err
}

// Close ends the log. What is written after it is an error.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file = nil
	return err
}
