package logs

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The lines that are no records before which a record is looked for, to know when they were written.
const (
	maxStrays     = 1000
	maxStrayBytes = 1 << 20
)

// back reads the log of a worker backwards, from a tail.
type back struct {
	folder string
	worker int
	older  []int    // the full files that are left, oldest first
	file   *os.File // nil: there is none
	own    bool     // whether it was opened here
	left   int64    // of the file, before rest
	rest   []byte   // what was read of it and not handed out

	strays []Line    // found, latest first
	at     time.Time // of the record that was found last
	head   *Line     // the next that is asked for
}

func (b *back) close() {
	if b.own {
		_ = b.file.Close() // it was only read
	}
	b.file, b.own = nil, false
}

// end leaves what is before unread.
func (b *back) end() {
	b.left, b.rest, b.older, b.strays = 0, nil, nil, nil
}

// before orders as tail.before does.
func (b *back) before(other *back) bool {
	if c := b.head.Time.Compare(other.head.Time); c != 0 {
		return c < 0
	}
	return b.worker < other.worker
}

// fill finds the line before that is asked for, if there is one.
func (b *back) fill(ctx context.Context, q *Query) error {
	for b.head == nil {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if len(b.strays) == 0 {
			if err := b.find(); err != nil || len(b.strays) == 0 {
				return err
			}
		}
		l := b.strays[0]
		b.strays = b.strays[1:]
		if q.over(&l) {
			b.end()
			return nil
		}
		if q.match(&l) {
			b.head = &l
		}
	}
	return nil
}

// find finds a record, and before it the lines that follow it and are none.
func (b *back) find() error {
	for size := 0; len(b.strays) < maxStrays && size < maxStrayBytes; {
		text, ok, err := b.previous()
		if err != nil {
			return err
		}
		if !ok {
			return nil // their time stays zero: nothing is before them
		}
		l, record := parse(text)
		l.Worker = b.worker
		b.strays, size = append(b.strays, l), size+len(text)
		if record {
			b.at = l.Time
			break
		}
	}
	if b.at.IsZero() { // too many to look for the record before, and there is none after them
		info, err := b.file.Stat()
		if err != nil {
			return err
		}
		b.at = info.ModTime()
	}
	for i := range b.strays {
		b.strays[i].Time = b.at
	}
	return nil
}

// previous is the line before that is not empty.
func (b *back) previous() (text []byte, ok bool, err error) {
	for {
		if b.left == 0 && len(b.rest) == 0 {
			if more, err := b.openOlder(); err != nil || !more {
				return nil, false, err
			}
			continue
		}
		b.rest = bytes.TrimSuffix(b.rest, []byte("\n"))
		at := bytes.LastIndexByte(b.rest, '\n') + 1
		switch {
		case at == 0 && len(b.rest) > maxLine:
			if text, err = b.skip(); err != nil {
				return nil, false, err
			}
		case at == 0 && b.left > 0:
			if err := b.read(); err != nil {
				return nil, false, err
			}
			continue
		default:
			text, b.rest = b.rest[at:], b.rest[:at]
		}
		if len(text) > 0 {
			return text[:min(len(text), maxLine)], true, nil
		}
	}
}

// read reads what is before rest: of a long line twice as much each time, as rest is copied.
func (b *back) read() error {
	size := min(b.left, max(block, int64(len(b.rest))))
	rest := make([]byte, size, int(size)+len(b.rest))
	if _, err := b.file.ReadAt(rest, b.left-size); err != nil {
		return err
	}
	b.rest, b.left = append(rest, b.rest...), b.left-size
	return nil
}

// skip goes to the start of a line that is too long, and reads as much of it as is wanted.
func (b *back) skip() ([]byte, error) {
	start, err := lineStart(b.file, b.left)
	if err != nil {
		return nil, err
	}
	text := make([]byte, maxLine)
	if _, err := b.file.ReadAt(text, start); err != nil {
		return nil, err
	}
	b.rest, b.left = nil, start
	return text, nil
}

// openOlder goes to the end of the file before. One that was removed meanwhile is the end of all.
func (b *back) openOlder() (more bool, err error) {
	b.close()
	if len(b.older) == 0 {
		return false, nil
	}
	last := len(b.older) - 1
	file, err := os.Open(filepath.Join(b.folder, fullName(b.worker, b.older[last])))
	if os.IsNotExist(err) {
		b.older = nil
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b.file, b.own, b.older = file, true, b.older[:last]
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	b.left = info.Size()
	return true, nil
}

// lineStart is where the line starts that a file's bytes up to an offset end with: after the last line's end before it.
func lineStart(file *os.File, offset int64) (int64, error) {
	text := make([]byte, block)
	for offset > 0 {
		size := min(offset, block)
		if _, err := file.ReadAt(text[:size], offset-size); err != nil && err != io.EOF {
			return 0, err
		}
		if at := bytes.LastIndexByte(text[:size], '\n'); at >= 0 {
			return offset - size + int64(at) + 1, nil
		}
		offset -= size
	}
	return 0, nil
}
