package deadletters

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/internal/stats"
)

// DefaultMost is how many letters a list has room for, if nothing else is said.
const DefaultMost = 10_000

// worthwhile is from how many bytes about letters that are gone the file is written anew, if they are most of it.
const worthwhile = 1 << 20

// FullError says that there is no room for a letter.
type FullError struct {
	Path string
	Most int
}

// Error says where.
func (e *FullError) Error() string {
	return fmt.Sprintf("the list of dead letters %s is full: it has %d", e.Path, e.Most)
}

// List is a list of dead letters. Its methods may be called from any goroutine, while other processes use the same file.
type List struct {
	path string

	mu   sync.Mutex // guards all below
	file *os.File   // nil: not open
	read int64      // up to where book has it
	torn bool       // there is something behind that, which is no whole line
	book *book
	seen fs.FileInfo // what Changed has seen
}

// At is the list in a file. Nothing is done yet: without letters there need be no file.
func At(path string) *List { return &List{path: path} }

// Path is the file's.
func (l *List) Path() string { return l.path }

// Close lets go of the file. The list can be used again.
func (l *List) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leave()
}

func (l *List) leave() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.book, l.read = nil, nil, 0
	return err
}

// Changed reports whether somebody may have changed the file since Changed was called before. It costs one look.
func (l *List) Changed() bool {
	now, err := os.Stat(l.path)
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.seen
	if err != nil {
		l.seen = nil
		return before != nil
	}
	l.seen = now
	return before == nil || !os.SameFile(before, now) || before.Size() != now.Size() || !before.ModTime().Equal(now.ModTime())
}

// All are the letters, the oldest first, and how many lines of the file make no sense. They belong to the caller, but for values.
func (l *List) All() (all []Letter, damaged int, err error) {
	err = l.with(false, func() error {
		for _, letter := range l.book.all() {
			all = append(all, *letter)
		}
		damaged = l.book.damaged
		return nil
	})
	return all, damaged, err
}

// Show is the list for people: the newest letters, so many at most. most is how many there is room for; 0: that is not known.
func (l *List) Show(last, most int) (stats.DeadLetters, error) {
	all, damaged, err := l.All()
	shown := stats.DeadLetters{Total: len(all), Full: most > 0 && len(all) >= most, Damaged: damaged, Letters: []stats.DeadLetter{}}
	for i := len(all) - 1; i >= 0 && len(shown.Letters) < last; i-- {
		shown.Letters = append(shown.Letters, all[i].Show())
	}
	return shown, err
}

// Put adds letters, as long as there are no more than most, and gives those IDs that have none. When it returns they are on disk. It
// adds as many as there is room for, from the first on: if that is not all, the error is a *FullError. After any other error added
// is 0, and nothing was added. A letter that is there already is replaced.
func (l *List) Put(most int, letters ...*Letter) (added int, err error) {
	err = l.with(true, func() error {
		var text []byte
		room := most - len(l.book.letters)
		for _, letter := range letters {
			if letter.ID == "" {
				letter.ID = l.newID()
			}
			if l.book.letters[letter.ID] == nil {
				if room <= 0 {
					break
				}
				room--
			}
			var err error
			if text, err = appendRecord(text, &record{Put: letter}); err != nil {
				return err
			}
			added++
		}
		return l.append(text)
	})
	if err != nil {
		return 0, err
	}
	if added < len(letters) {
		return added, &FullError{l.path, most}
	}
	return added, nil
}

// newID is one that no letter has.
func (l *List) newID() string {
	for {
		var b [6]byte
		_, _ = rand.Read(b[:]) // it never fails
		if id := hex.EncodeToString(b[:]); l.book.letters[id] == nil {
			return id
		}
	}
}

// Ask notes that letters are to be replayed, and returns how many: those of the choice that there are, but for those of which misfit
// says why they can't be, which is the error where none can. misfit may be nil.
func (l *List) Ask(c stats.LetterChoice, misfit func(*Letter) string) (n int, err error) {
	why := ""
	n, err = l.mark(c, func(letter *Letter) bool {
		if misfit == nil {
			return true
		}
		if no := misfit(letter); no != "" {
			why = no
			return false
		}
		return true
	}, func(ids []string) *record { return &record{Asked: ids} })
	if err == nil && n == 0 && why != "" {
		err = &MisfitError{why}
	}
	return n, err
}

// MisfitError says that letters can't be replayed by what runs.
type MisfitError struct{ Why string }

// Error says why.
func (e *MisfitError) Error() string { return e.Why }

// Drop removes letters, and returns how many of those there were.
func (l *List) Drop(c stats.LetterChoice) (n int, err error) {
	return l.mark(c, nil, func(ids []string) *record { return &record{Gone: ids} })
}

func (l *List) mark(c stats.LetterChoice, may func(*Letter) bool, as func(ids []string) *record) (n int, err error) {
	err = l.with(false, func() error {
		chosen := map[string]bool{}
		for _, id := range c.IDs {
			chosen[id] = true
		}
		var ids []string
		for _, letter := range l.book.all() {
			if (c.All || chosen[letter.ID]) && (may == nil || may(letter)) {
				ids = append(ids, letter.ID)
			}
		}
		n = len(ids)
		if n == 0 {
			return nil
		}
		text, err := appendRecord(nil, as(ids))
		if err != nil {
			return err
		}
		return l.append(text)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Failed notes that the replay of a letter has failed: it waits again.
func (l *List) Failed(id string, at time.Time, cause stats.FailureCause) error {
	return l.with(false, func() error {
		if l.book.letters[id] == nil {
			return nil // it was dropped meanwhile
		}
		text, err := appendRecord(nil, &record{Failed: &failure{id, at, cause}})
		if err != nil {
			return err
		}
		return l.append(text)
	})
}

// with does something under the file's lock, with the book as it is now. Where there is no file, it is made, or the book is empty
// and nothing may be appended.
func (l *List) with(create bool, do func() error) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.lock(create); err != nil {
		if !create && errors.Is(err, fs.ErrNotExist) {
			l.book = newBook()
			return do()
		}
		return err
	}
	defer func() {
		if l.file != nil {
			err = errors.Join(err, wrap("unlock", l.path, flock(l.file, unix.LOCK_UN)))
		}
	}()
	if err := l.refresh(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	if l.book.dead > worthwhile && 2*l.book.dead > l.book.bytes {
		return l.rewrite()
	}
	return nil
}

// lock takes the lock of the file that is at the path.
func (l *List) lock(create bool) error {
	for {
		if l.file == nil {
			file, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND, 0)
			if create && errors.Is(err, fs.ErrNotExist) {
				file, err = l.create()
			}
			if err != nil {
				return err
			}
			l.file = file
		}
		if err := flock(l.file, unix.LOCK_EX); err != nil {
			return wrap("lock", l.path, err)
		}
		mine, err := l.file.Stat()
		if err != nil {
			return errors.Join(err, l.leave())
		}
		if there, err := os.Stat(l.path); err == nil && os.SameFile(mine, there) {
			return nil
		}
		if err := l.leave(); err != nil { // it was written anew meanwhile, or removed
			return err
		}
	}
}

// create makes the file, so that it is there after the machine went down as well.
func (l *List) create() (*os.File, error) {
	folder := filepath.Dir(l.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(folder); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// refresh reads what was added since the last time. What stands behind the last line feed is torn, as nobody writes now.
func (l *List) refresh() error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	if l.book == nil || info.Size() < l.read {
		l.book, l.read = newBook(), 0
	}
	text := make([]byte, info.Size()-l.read)
	n, err := l.file.ReadAt(text, l.read)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	whole := bytes.LastIndexByte(text[:n], '\n') + 1
	l.book.read(text[:whole])
	l.read += int64(whole)
	l.torn = whole < n
	return nil
}

// append adds whole lines to the file, brings them to the disk, and reads them into the book. If that fails it is as if nothing was
// added.
func (l *List) append(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if l.torn {
		text = append([]byte{'\n'}, text...)
	}
	before, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err = l.file.Write(text); err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		// What is left of it where this fails too makes no sense, or comes to the list: a letter whose spout was told that the
		// message failed is better than one that is lost.
		return errors.Join(err, l.file.Truncate(before))
	}
	return l.refresh()
}

// rewrite writes the file anew, with the letters that there are.
func (l *List) rewrite() error {
	var text []byte
	for _, letter := range l.book.all() {
		var err error
		if text, err = appendRecord(text, &record{Put: letter}); err != nil {
			return err
		}
	}
	next := l.path + ".new"
	file, err := os.OpenFile(next, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(next, l.path)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(next))
	}
	err = errors.Join(l.leave(), syncFolder(filepath.Dir(l.path))) // the lock was the old file's
	return errors.Join(err, file.Close())
}

const (
	// patience is for how long a lock is waited for: who has it writes a few lines, or hangs.
	patience = 10 * time.Second
	tryEvery = 2 * time.Millisecond
)

// flock takes a lock, or gives it back. A lock can't be waited for with a limit, so it is tried again and again.
func flock(f *os.File, how int) error {
	for until := time.Now().Add(patience); ; time.Sleep(tryEvery) {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		if err != unix.EINTR && err != unix.EWOULDBLOCK || time.Now().After(until) {
			return err
		}
	}
}

func wrap(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
