package multilang

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical appends a JSON text as this package writes it: valid, ASCII, on one line, numbers as they were written. Text
// that is so already is appended as it is, other text without white space. What is no Unicode (bytes that are no UTF-8,
// half surrogate pairs) becomes U+FFFD, and line breaks and other control characters inside of strings are forgiven. It
// fails with a *ValueError if raw is no JSON text; dst is then returned as it was.
func Canonical(dst, raw []byte) ([]byte, error) {
	s := scanner{buf: raw}
	if bad := s.document(); bad != nil {
		return dst, bad
	}
	return s.appendText(dst, raw), nil
}

// document scans all of the text as one value.
func (s *scanner) document() *ValueError {
	s.reset(0)
	if s.value() && s.pos < len(s.buf) {
		s.stop("the text goes on after the value")
	}
	if s.fault != "" {
		return &ValueError{Field: -1, Text: clip(s.buf[s.faultAt:], maxValueText), Reason: s.fault}
	}
	return s.bad
}

// appendText appends a text that the scanner found to hold nothing bad.
func (s *scanner) appendText(dst, text []byte) []byte {
	if s.dirty {
		return appendCompact(dst, text)
	}
	return append(dst, trimSpace(text)...)
}

// canonicalText is a text that the scanner found to hold nothing bad: itself if it is fit, else a new one.
func canonicalText(text []byte, dirty bool) []byte {
	if dirty {
		return appendCompact(make([]byte, 0, len(text)+len(text)/4), text)
	}
	return slices.Clip(trimSpace(text))
}

// appendCompact appends a JSON text without white space and in ASCII.
func appendCompact(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			dst, i = appendCompactString(dst, text, i)
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// appendCompactString appends the string whose opening quote is at i, and returns where the text goes on.
func appendCompactString(dst, text []byte, i int) ([]byte, int) {
	dst = append(dst, '"')
	for i++; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			return append(dst, '"'), i + 1
		case c == '\\':
			n := escapeLength(text[i:])
			if n == 6 && utf16.IsSurrogate(hex4(text[i+2:])) {
				dst = append(dst, `\ufffd`...)
			} else {
				dst = append(dst, text[i:i+n]...)
			}
			i += n
		case c < ' ':
			dst = appendRune(dst, rune(c))
			i++
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			dst = appendRune(dst, r)
			i += n
		}
	}
	return dst, i
}

// escapeLength is the length of the valid escape at the start of b; a surrogate pair is one.
func escapeLength(b []byte) int {
	switch {
	case b[1] != 'u':
		return 2
	case surrogatePair(b) >= 0:
		return 12
	}
	return 6
}

// AppendString appends s as a JSON string in ASCII. Bytes that are no UTF-8 become U+FFFD.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	clean := 0 // s[clean:i] can be copied as it is
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[clean:i]...)
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		dst = appendRune(dst, r)
		i += n
		clean = i
	}
	return append(append(dst, s[clean:]...), '"')
}

// appendRune appends the escape of a character.
func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if r > 0xFFFF {
		high, low := utf16.EncodeRune(r)
		return appendUnit(appendUnit(dst, high), low)
	}
	return appendUnit(dst, r)
}

func appendUnit(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// trimSpace is bytes.TrimSpace for JSON's idea of white space.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}
