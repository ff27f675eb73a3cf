package msgpack

import (
	"bytes"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// maxNoiseLine is how much of a line is kept, as multilang.ReaderOptions has it.
const maxNoiseLine = 2 << 10

// isMap reports whether a value that begins with c is a map, as all messages are.
func isMap(c byte) bool {
	return msgpcode.IsFixedMap(c) || c == msgpcode.Map16 || c == msgpcode.Map32
}

// noise passes over text between messages, up to the next message. In ASCII it can't be mistaken for one, since it would
// be a row of small numbers. Other characters are UTF-8 by their first byte, but for some few (U+0780 to U+07FF) whose
// first byte is that of a map.
func (r *Reader) noise() error {
	r.line = r.line[:0]
	for {
		r.in.took = 0
		c, err := r.dec.PeekCode()
		if err == nil && !isMap(c) {
			err = r.character(c)
		}
		ends := err != nil || isMap(c)
		if ends || c == '\n' || c == '\r' {
			if bad := r.endLine(); bad != nil {
				return bad
			}
		}
		if ends {
			return err
		}
	}
}

// character takes one character of the line.
func (r *Reader) character(c byte) error {
	size := 1
	switch {
	case c >= 0xF0 && c < 0xF5:
		size = 4
	case c >= 0xE0 && c < 0xF0:
		size = 3
	case c >= 0xC2 && c < 0xE0:
		size = 2
	case c >= utf8.RuneSelf:
		return r.syntaxError("%#02x begins neither a map nor text", c)
	}
	text, err := r.in.bytes(size)
	if err != nil {
		return err
	}
	if !utf8.Valid(text) {
		return r.syntaxError("% x is neither a map nor text", text)
	}
	if len(r.line) < maxNoiseLine {
		r.line = append(r.line, text...)
	}
	return nil
}

// endLine passes the line on, unless it is what a component would write that speaks JSON.
func (r *Reader) endLine() error {
	line := bytes.TrimSpace(r.line)
	defer func() { r.line = r.line[:0] }()
	if bytes.HasPrefix(line, []byte(`{`)) && (bytes.Contains(line, []byte(`"command"`)) || bytes.Contains(line, []byte(`"pid"`))) {
		return r.syntaxError("the component speaks JSON: %.100s", line)
	}
	if len(line) > 0 && r.onNoise != nil {
		r.onNoise(bytes.TrimRight(r.line, "\r\n"))
	}
	return nil
}

// LooksPacked reports whether output that is no message in JSON may be one in MessagePack, for advice to people.
func LooksPacked(output string) bool { return output != "" && isMap(output[0]) }
