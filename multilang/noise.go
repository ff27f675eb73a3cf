package multilang

import (
	"bytes"
	"iter"
)

// noise takes the lines that a component wrote between its messages: prints of user code, warnings of libraries.
type noise func(line []byte)

// lines passes on the lines of text that are not blank.
func (n noise) lines(text []byte) {
	if n == nil {
		return
	}
	for at := range lineStarts(text) {
		line := text[at:]
		if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
			line = line[:i]
		}
		if len(trimSpace(line)) > 0 {
			n(line[:min(len(line), maxFrameText):min(len(line), maxFrameText)])
		}
	}
}

// lineStarts yields where lines begin.
func lineStarts(text []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := 0; at < len(text); {
			if !yield(at) {
				return
			}
			i := bytes.IndexAny(text[at:], "\r\n")
			if i < 0 {
				return
			}
			at += i + 1
		}
	}
}

// parse reads the message in a frame. found is false, without an error, if the frame is nothing but noise.
func (r *Reader) parse(text []byte, m *Message) (found bool, err error) {
	if len(trimSpace(text)) == 0 {
		r.out.lines([]byte(terminator)) // a printed line that happens to be what ends a frame
		return false, nil
	}
	if end, ok := r.dec.split(text); ok && len(trimSpace(text[end:])) == 0 {
		return r.take(text, m)
	}
	return r.search(text, m)
}

// take makes what the last split has found a Message: its first one, if it is a batch. found is false, without an error,
// for a batch of nothing.
func (r *Reader) take(text []byte, m *Message) (found bool, err error) {
	if !r.batches || !r.dec.isBatch() {
		r.dec.fill(m)
		return true, nil
	}
	if err := r.dec.begin(); err != nil {
		return false, &FrameError{Text: clip(text, maxFrameText), Cause: err}
	}
	if !r.dec.more() {
		return false, nil
	}
	r.dec.take(m)
	return true, nil
}

// search finds the message in a frame that something else was written into as well, in this order: the longest run of
// whole lines up to the end that is a message; the first message at the start of a line, whatever follows it, as Storm's
// parser does not look further either; what is left of the last line when something was printed in front of the message
// without a line break.
func (r *Reader) search(text []byte, m *Message) (found bool, err error) {
	s := search{dec: r.dec, text: bytes.TrimRight(text, " \t\r\n"), budget: 8*len(text) + chunkSize}
	from, to, ok := s.lines()
	if !ok {
		from, to, ok = s.lastLine()
	}
	switch {
	case ok:
		r.out.lines(text[:from])
		r.out.lines(text[to:])
		r.dec.split(text[from:to])
		return r.take(text[from:to], m)
	case s.cause != nil:
		return false, &FrameError{Text: clip(text, maxFrameText), Cause: s.cause}
	}
	r.out.lines(text)
	return false, nil
}

// search is one search for a message in a frame. The budget bounds how many bytes it may scan, as text can be made that
// seems to begin a message on every line.
type search struct {
	dec    *decoder
	text   []byte // without white space at its end
	budget int
	cause  error // why the first that looked like a message is none
}

func (s *search) lines() (from, to int, ok bool) {
	for at := range lineStarts(s.text) {
		if line := bytes.TrimLeft(s.text[at:], " \t"); len(line) == 0 || line[0] != '{' {
			continue
		}
		end, found := s.try(at)
		if !found {
			continue
		}
		if end == len(s.text) {
			return at, end, true
		}
		if !ok {
			from, to, ok = at, end, true
		}
	}
	return from, to, ok
}

func (s *search) lastLine() (from, to int, ok bool) {
	for at := bytes.LastIndexAny(s.text, "\r\n") + 1; ; at++ {
		i := bytes.IndexByte(s.text[at:], '{')
		if i < 0 {
			return 0, 0, false
		}
		at += i
		if end, found := s.try(at); found && end == len(s.text) {
			return at, end, true
		}
	}
}

// tryCost is what it takes to begin a scan, in bytes that could be scanned in that time.
const tryCost = 100

// try reports whether there is a message at some place, and where it ends.
func (s *search) try(at int) (end int, ok bool) {
	if s.budget <= 0 {
		return 0, false
	}
	end, ok = s.dec.split(s.text[at:])
	s.budget -= end + tryCost
	if !ok && s.cause == nil {
		s.cause = s.dec.cause()
	}
	return at + end, ok
}
