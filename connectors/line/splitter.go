package line

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// bufferBytes is how much is read at once.
const bufferBytes = 64 << 10

// What is done with lines that are too long.
const (
	failLong = "fail"
	skipLong = "skip"
	cutLong  = "cut"
)

// Limits are what a line may be.
type Limits struct {
	longest  int    // bytes
	onLong   string // failLong, skipLong or cutLong
	replaced func() // is called for each line in which something was no UTF-8
}

// LimitOptions are the options of every spout that reads lines.
func LimitOptions() []catalog.Option {
	return []catalog.Option{
		{Name: "max_line_bytes", Type: catalog.Size, Default: "1MB", Least: 1, Doc: "how long a line may be"},
		{Name: "long_lines", Type: catalog.Text, Default: failLong, Choices: []string{failLong, skipLong, cutLong}, Doc: "what is done with longer ones: `fail` ends the topology with an error that names file and line, `skip` leaves them out, `cut` emits what they begin with"},
	}
}

// NewLimits are the limits that those options say.
func NewLimits(v catalog.Values) Limits {
	return Limits{longest: v.Int("max_line_bytes"), onLong: v.Text("long_lines"), replaced: func() {}}
}

// Counted are the limits with a metric of the task that counts the lines in which something was no UTF-8.
func (l Limits) Counted(task *gstorm.TaskContext) Limits {
	var n atomic.Int64
	l.replaced = func() { task.Metrics.Set("invalid_utf8_lines", n.Add(1)) }
	return l
}

// Splitter divides what it reads into lines. They end with \n or \r\n; the last one may have no end.
type Splitter struct {
	Limits
	name    string
	from    *bufio.Reader
	begun   []byte // what has been read of a line that has no end yet
	start   int64  // where it begins
	read    int64  // how much has been read
	number  int64  // of the last line
	dropped bool   // the rest of the line is too much
}

// NewSplitter divides what is read from there. name is for errors.
func NewSplitter(name string, from io.Reader, l Limits) *Splitter {
	return &Splitter{Limits: l, name: name, from: bufio.NewReaderSize(from, bufferBytes)}
}

// Next returns the next line that has an end, where it begins, and its number. At the end of what there is to read it is
// io.EOF, after which more may follow.
func (s *Splitter) Next() (text string, offset, number int64, err error) {
	for {
		piece, err := s.from.ReadSlice('\n')
		s.read += int64(len(piece))
		s.gather(piece)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return "", 0, 0, io.EOF
		case err != nil:
			return "", 0, 0, fmt.Errorf("read %s after line %d: %w", s.name, s.number, err)
		}
		text, offset, ok, err := s.end()
		if ok || err != nil {
			return text, offset, s.number, err
		}
	}
}

// Rest is the last line, if it has no end.
func (s *Splitter) Rest() (text string, offset, number int64, ok bool, err error) {
	if s.read == s.start {
		return "", 0, 0, false, nil
	}
	text, offset, ok, err = s.end()
	return text, offset, s.number, ok, err
}

// Read is how many bytes have been read.
func (s *Splitter) Read() int64 { return s.read }

// gather keeps a piece of a line, with its end as far as that can still matter.
func (s *Splitter) gather(piece []byte) {
	room := s.longest + len("\r\n") - len(s.begun)
	if len(piece) > room {
		piece, s.dropped = piece[:max(room, 0)], true
	}
	s.begun = append(s.begun, piece...)
}

// end is the line that has been read; not ok: it is skipped.
func (s *Splitter) end() (text string, offset int64, ok bool, err error) {
	s.number++
	line, dropped, offset := s.begun, s.dropped, s.start
	s.begun, s.dropped, s.start = s.begun[:0], false, s.read
	if !dropped {
		if unix, ended := bytes.CutSuffix(line, []byte("\n")); ended {
			line = bytes.TrimSuffix(unix, []byte("\r"))
		}
	}
	if dropped || len(line) > s.longest {
		switch s.onLong {
		case failLong:
			return "", 0, false, fmt.Errorf("%s, line %d: it is longer than max_line_bytes (%d)", s.name, s.number, s.longest)
		case skipLong:
			return "", 0, false, nil
		}
		line = whole(line[:s.longest])
	}
	text = string(line)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		s.replaced()
	}
	return text, offset, true, nil
}

// whole leaves out the beginning of a character that a cut has left at the end.
func whole(line []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax-1, len(line)); i++ {
		if last := line[len(line)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return line[:len(line)-i]
			}
			break
		}
	}
	return line
}
