package logs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// tail reads the log of a worker forwards, as it is written.
type tail struct {
	folder string
	worker int

	number int      // of the file, when it will be full
	file   *os.File // nil: it is not open yet
	offset int64    // up to where it was read
	rest   []byte   // what was read and is no whole line
	cut    bool     // what follows is of a line that was too long

	at   time.Time // of the last record
	lost bool      // files before this one were removed unread
	head *Line     // the next that is asked for
}

func (t *tail) close() {
	if t.file != nil {
		_ = t.file.Close() // it was only read
		t.file = nil
	}
}

func (t *tail) open(path string) (opened bool, err error) {
	t.file, err = os.Open(path)
	if err != nil {
		t.file = nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return t.file != nil, err
}

// openCurrent opens the file that is being written, if it has the tail's number: it has unless that is full by now.
func (t *tail) openCurrent() (opened bool, err error) {
	if opened, err = t.open(filepath.Join(t.folder, current(t.worker))); !opened {
		return false, err
	}
	workers, err := list(t.folder)
	if numbers := workers[t.worker]; err != nil || len(numbers) > 0 && numbers[len(numbers)-1] >= t.number {
		t.close()
		return false, err
	}
	return true, nil
}

// seekEnd goes to the end of the file, or of its last whole line.
func (t *tail) seekEnd(whole bool) error {
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	t.offset = info.Size()
	if whole {
		t.offset, err = lineStart(t.file, t.offset)
	}
	return err
}

func (t *tail) before(other *tail) bool {
	if c := t.head.Time.Compare(other.head.Time); c != 0 {
		return c < 0
	}
	return t.worker < other.worker
}

// fill finds the next line that is asked for, if there is one. full are the numbers of the files that are full.
func (t *tail) fill(ctx context.Context, full []int, q *Query) error {
	for t.head == nil && ctx.Err() == nil {
		text, ok, err := t.next(full)
		if err != nil || !ok {
			return err
		}
		if t.lost {
			t.lost = false
			t.head = &Line{
				Time: t.at, Level: slog.LevelWarn, Worker: t.worker, Topology: q.Topology,
				Message: "lines are missing here: their files were full and removed before they were read",
			}
			return nil
		}
		l, record := parse(text)
		if l.Worker = t.worker; record {
			t.at = l.Time
		} else {
			l.Time = t.at
		}
		if q.match(&l) {
			t.head = &l
		}
	}
	return nil
}

// next is the next line that is not empty, if there is one by now; or none, and lost is set.
func (t *tail) next(full []int) (text []byte, ok bool, err error) {
	for {
		line, rest, whole := bytes.Cut(t.rest, []byte("\n"))
		switch {
		case whole:
			t.rest = rest
			if t.cut {
				t.cut = false
			} else if len(line) > 0 {
				return line[:min(len(line), maxLine)], true, nil
			}
			continue
		case t.cut:
			t.rest = nil
		case len(t.rest) >= maxLine:
			line, t.rest, t.cut = t.rest[:maxLine], nil, true
			return line, true, nil
		}
		more, err := t.read(full)
		if err != nil {
			return nil, false, err
		}
		if t.lost {
			return nil, true, nil
		}
		if more {
			continue
		}
		if !t.isFull(full) {
			return nil, false, nil
		}
		line, t.rest = t.rest, nil // of a full file, that ends within a line
		t.close()
		t.number, t.offset = t.number+1, 0
		if cut := t.cut; len(line) > 0 && !cut {
			return line, true, nil
		}
		t.cut = false
	}
}

// isFull reports whether nothing is written any more to the file that is open.
func (t *tail) isFull(full []int) bool {
	return t.file != nil && len(full) > 0 && full[len(full)-1] >= t.number
}

// read reads on in the file. more is false at its end.
func (t *tail) read(full []int) (more bool, err error) {
	if t.file == nil {
		if err := t.openNumber(full); err != nil || t.file == nil {
			return false, err
		}
	}
	t.rest = slices.Grow(t.rest, block)
	n, err := t.file.ReadAt(t.rest[len(t.rest):len(t.rest)+block], t.offset)
	t.rest = t.rest[:len(t.rest)+n]
	t.offset += int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n > 0, err
}

// openNumber opens the file with the tail's number, or the next that is there. It is not opened if it can't be known yet
// which that is: more was written than when it was last looked.
func (t *tail) openNumber(full []int) error {
	for _, number := range full {
		if number < t.number {
			continue
		}
		opened, err := t.open(filepath.Join(t.folder, fullName(t.worker, number)))
		if err != nil {
			return err
		}
		if opened {
			t.lost = t.lost || number > t.number
			t.number = number
			return nil
		}
	}
	_, err := t.openCurrent()
	return err
}
