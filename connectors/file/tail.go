package file

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gstorm/gstorm/connectors/line"
)

// tail reads the lines of one file, packed or not.
type tail struct {
	*line.Splitter
	name   string
	life   int
	file   *os.File
	info   os.FileInfo // which file it is
	packed bool        // by gzip: it is read once
	base   int64       // where reading began
	left   time.Time   // of a followed file: when it was found to have lost its name; zero: it has it
}

// gzipMagic is how packed files begin, whatever their names are.
var gzipMagic = []byte{0x1f, 0x8b}

// cutLife is added to the life of a file each time that it is cut, so that no two lines have the same position.
const cutLife = 1 << 32

// newTail opens a file at its beginning, or at its end.
func newTail(name string, life int, l line.Limits, atEnd bool) (*tail, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t := &tail{name: name, life: life, file: file}
	if err := t.begin(l, atEnd); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", name, err), file.Close())
	}
	return t, nil
}

// reopen begins the file of that name anew.
func (t *tail) reopen(l line.Limits) error {
	next, err := newTail(t.name, t.life+cutLife, l, false)
	if err != nil {
		return err
	}
	err = t.close()
	*t = *next
	return err
}

func (t *tail) begin(l line.Limits, atEnd bool) error {
	var err error
	if t.info, err = t.file.Stat(); err != nil {
		return err
	}
	if t.info.IsDir() {
		return errors.New("it is a directory")
	}
	var from io.Reader = t.file
	if atEnd {
		if t.base, err = t.file.Seek(0, io.SeekEnd); err != nil {
			return err
		}
	} else {
		buffered := bufio.NewReader(t.file)
		first, err := buffered.Peek(len(gzipMagic))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		from = buffered
		if t.packed = bytes.Equal(first, gzipMagic); t.packed {
			if from, err = gzip.NewReader(buffered); err != nil {
				return err
			}
		}
	}
	t.Splitter = line.NewSplitter(t.name, from, l)
	return nil
}

// size is how far the file has been read.
func (t *tail) size() int64 {
	if t.packed {
		return 0 // it says nothing of the file
	}
	return t.base + t.Read()
}

// next is the next line that has an end, or io.EOF where there is none now.
func (t *tail) next() (line.Line, error) {
	text, offset, number, err := t.Splitter.Next()
	if err != nil {
		return line.Line{}, err
	}
	return t.line(text, offset, number), nil
}

// last is the next line, whether it has an end or not.
func (t *tail) last() (line.Line, error) {
	l, err := t.next()
	if !errors.Is(err, io.EOF) {
		return l, err
	}
	text, offset, number, ok, err := t.Rest()
	if err != nil {
		return line.Line{}, err
	}
	if !ok {
		return line.Line{}, io.EOF
	}
	return t.line(text, offset, number), nil
}

func (t *tail) line(text string, offset, number int64) line.Line {
	return line.Line{Position: line.Position{File: t.name, Life: t.life, Offset: t.base + offset}, Number: number, Text: text}
}

func (t *tail) close() error { return t.file.Close() }
