package route

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON text and hashes what it says, without building values. All methods begin at s.at and leave it
// behind what they read.
type scanner struct {
	text []byte
	at   int
}

// hash reads one value, which is depth levels deep.
func (s *scanner) hash(depth int) (uint64, error) {
	s.space()
	switch c := s.peek(); {
	case c == '"':
		return s.string()
	case c == '-' || isDigit(c):
		return s.number()
	case c == '[':
		return s.list(depth + 1)
	case c == '{':
		return s.object(depth + 1)
	case c == 't':
		return hashTrue, s.literal("true")
	case c == 'f':
		return hashFalse, s.literal("false")
	case c == 'n':
		return hashNull, s.literal("null")
	}
	return 0, s.unexpected()
}

func (s *scanner) list(depth int) (uint64, error) {
	if depth > maxDepth {
		return 0, errTooDeep
	}
	h := uint64(seedList)
	for first := true; ; first = false {
		if end, err := s.next('[', ']', first); end || err != nil {
			return mix(h), err
		}
		element, err := s.hash(depth)
		if err != nil {
			return 0, err
		}
		h = addElement(h, element)
	}
}

func (s *scanner) object(depth int) (uint64, error) {
	if depth > maxDepth {
		return 0, errTooDeep
	}
	h := uint64(seedMap)
	for first := true; ; first = false {
		if end, err := s.next('{', '}', first); end || err != nil {
			return mix(h), err
		}
		s.space()
		key, err := s.string()
		if err != nil {
			return 0, err
		}
		s.space()
		if err := s.literal(":"); err != nil {
			return 0, err
		}
		value, err := s.hash(depth)
		if err != nil {
			return 0, err
		}
		h += entry(key, value)
	}
}

// next goes on to the next element of a list or object: over its opening bracket (before the first element) or a comma
// (before the others). It reports whether the closing bracket stood there instead.
func (s *scanner) next(open, end byte, first bool) (bool, error) {
	s.space()
	if first {
		if s.peek() != open {
			return false, s.unexpected()
		}
		s.at++
		s.space()
	}
	switch c := s.peek(); {
	case c == end:
		s.at++
		return true, nil
	case first:
		return false, nil
	case c == ',':
		s.at++
		return false, nil
	}
	return false, s.unexpected()
}

func (s *scanner) number() (uint64, error) {
	n := number{hash: seedNumber}
	if s.peek() == '-' {
		n.negative = true
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits(n.digit) {
		return 0, s.unexpected()
	}
	if s.peek() == '.' {
		s.at++
		begin := s.at
		if !s.digits(n.digit) {
			return 0, s.unexpected()
		}
		n.fraction = int64(s.at - begin)
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		sign := s.peek()
		if sign == '-' || sign == '+' {
			s.at++
		}
		if !s.digits(n.exponentDigit) {
			return 0, s.unexpected()
		}
		if sign == '-' {
			n.exponent = -n.exponent
		}
	}
	return n.sum(), nil
}

// digits hands each of one or more digits to add. It reports whether there was one.
func (s *scanner) digits(add func(byte)) bool {
	begin := s.at
	for s.at < len(s.text) && isDigit(s.text[s.at]) {
		add(s.text[s.at])
		s.at++
	}
	return s.at > begin
}

// string hashes a string as hashString hashes its decoded form.
func (s *scanner) string() (uint64, error) {
	if s.peek() != '"' {
		return 0, s.unexpected()
	}
	h := uint64(seedString)
	for s.at++; s.at < len(s.text); {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return mix(h), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return 0, err
			}
			h = addRune(h, r)
		case c < ' ':
			return 0, s.unexpected()
		case c < utf8.RuneSelf:
			h = addByte(h, c)
			s.at++
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			h = addRune(h, r)
			s.at += size
		}
	}
	return 0, s.unexpected()
}

// escape reads an escape sequence, or two where they are the surrogates of one code point. What is no code point is
// U+FFFD.
func (s *scanner) escape() (rune, error) {
	s.at++
	c := s.peek()
	if c == 'u' {
		s.at++
		r, err := s.hex()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		low := scanner{s.text, s.at}
		if low.literal(`\u`) != nil {
			return utf8.RuneError, nil
		}
		l, err := low.hex()
		if pair := utf16.DecodeRune(r, l); err == nil && pair != utf8.RuneError {
			s.at = low.at
			return pair, nil
		}
		return utf8.RuneError, nil
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for i := range len(from) {
		if from[i] == c {
			s.at++
			return rune(to[i]), nil
		}
	}
	return 0, s.unexpected()
}

// hex reads four hexadecimal digits.
func (s *scanner) hex() (rune, error) {
	var r rune
	for range 4 {
		c := s.peek()
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, s.unexpected()
		}
		r = r<<4 | rune(c)
		s.at++
	}
	return r, nil
}

// skip passes over one value. It looks only for where the value ends: whoever gets the value will find what is wrong
// in it.
func (s *scanner) skip() error {
	s.space()
	depth := 0
	for begin := s.at; s.at < len(s.text); {
		switch c := s.text[s.at]; c {
		case '"':
			if err := s.skipString(); err != nil {
				return err
			}
			if depth == 0 {
				return nil
			}
		case '[', '{':
			depth++
			s.at++
		case ']', '}':
			if depth == 0 {
				return s.emptyAt(begin)
			}
			s.at++
			if depth--; depth == 0 {
				return nil
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return s.emptyAt(begin)
			}
			s.at++
		default:
			s.at++
		}
	}
	return s.unexpected()
}

// emptyAt is an error if a value that began at begin turns out to have no text.
func (s *scanner) emptyAt(begin int) error {
	if s.at == begin {
		return s.unexpected()
	}
	return nil
}

func (s *scanner) skipString() error {
	s.at++
	for {
		n := bytes.IndexByte(s.text[s.at:], '"')
		if n < 0 {
			s.at = len(s.text)
			return s.unexpected()
		}
		inside := s.text[s.at : s.at+n]
		s.at += n + 1
		if backslashes := len(inside) - len(bytes.TrimRight(inside, `\`)); backslashes%2 == 0 {
			return nil
		}
	}
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t' || s.text[s.at] == '\n' || s.text[s.at] == '\r') {
		s.at++
	}
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.at >= len(s.text) {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) literal(want string) error {
	for i := range len(want) {
		if s.peek() != want[i] {
			return s.unexpected()
		}
		s.at++
	}
	return nil
}

func (s *scanner) unexpected() error {
	if s.at >= len(s.text) {
		return fmt.Errorf("JSON text: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("JSON text: unexpected %q at byte %d", s.text[s.at], s.at)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
