package past

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Books are those of one node, of all topologies. Its methods may be called from any goroutine; one process at a time has their
// folder.
type Books struct {
	folder string
	bytes  int64

	mu   sync.Mutex       // guards open
	open map[string]*Book // by the topology's id
}

// NewBooks are those in a folder, which need not be there, of so many bytes at most: a topology that finds no room has no past.
func NewBooks(folder string, bytes int64) *Books {
	return &Books{folder: folder, bytes: bytes, open: map[string]*Book{}}
}

// of is the book of a topology, whose id is a good name for a folder. The book is a good one also where there is an error. mu is
// held.
func (b *Books) of(topology string, at time.Time) (*Book, error) {
	if book := b.open[topology]; book != nil {
		return book, nil
	}
	folder := filepath.Join(b.folder, topology)
	book, err := open(folder, func(bytes int64) bool { return b.used()+bytes <= b.bytes }, at)
	b.open[topology] = book
	return book, err
}

// used is how much the files may take that there are.
func (b *Books) used() (sum int64) {
	for _, folder := range b.folders() {
		for i := range Tiers {
			file, err := os.Open(filepath.Join(b.folder, folder, Tiers[i].name))
			if err != nil {
				continue // there is none
			}
			if size, err := ringSize(file); err == nil {
				sum += size
			}
			_ = file.Close() // it was only read
		}
	}
	return sum
}

func (b *Books) folders() (names []string) {
	entries, _ := os.ReadDir(b.folder) // what can't be read can't be written either, which is told
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Give takes what a worker has counted in its life. An error says that what there was before is lost.
func (b *Books) Give(topology string, worker int, s *stats.Snapshot, at time.Time) error {
	b.mu.Lock()
	book, err := b.of(topology, at)
	b.mu.Unlock()
	book.Give(worker, s, at)
	return err
}

// Get is the book of a topology; nil: there is none.
func (b *Books) Get(topology string, at time.Time) *Book {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open[topology] == nil && !slices.Contains(b.folders(), topology) {
		return nil
	}
	book, _ := b.of(topology, at) // what is lost is not there
	return book
}

// Record writes down what is new in all books. It is called every second. The error names all that could not be written.
func (b *Books) Record(at time.Time) error {
	b.mu.Lock()
	books := slices.Collect(maps.Values(b.open))
	b.mu.Unlock()
	var failed error
	for _, book := range books {
		failed = errors.Join(failed, book.Record(at))
	}
	return failed
}

// Clean removes the books of topologies that have ended, and those that nothing was written to for as long as anything is kept
// of a past, and closes those that rest. running and ended report whether a topology runs, and whether it is known to have ended.
func (b *Books) Clean(running, ended func(topology string) bool, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var failed error
	for id, book := range b.open {
		if book.rests(at) {
			failed = errors.Join(failed, book.close(at))
			delete(b.open, id)
		}
	}
	longest := Tiers[len(Tiers)-1]
	for _, id := range b.folders() {
		if b.open[id] != nil || running(id) {
			continue
		}
		info, err := os.Stat(filepath.Join(b.folder, id, nowName))
		if errors.Is(err, fs.ErrNotExist) || ended(id) || err == nil && at.Sub(info.ModTime()) > longest.Span+longest.Step {
			failed = errors.Join(failed, os.RemoveAll(filepath.Join(b.folder, id)))
		}
	}
	return failed
}

// rests reports whether nothing was given for long.
func (b *Book) rests(at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return at.Sub(b.given) > forgetLives
}

// Close writes down what is new, and closes all files.
func (b *Books) Close(at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var failed error
	for id, book := range b.open {
		failed = errors.Join(failed, book.close(at))
		delete(b.open, id)
	}
	return failed
}
