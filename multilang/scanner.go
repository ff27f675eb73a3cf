package multilang

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep values may be nested. Python's and Ruby's own JSON readers give up before that.
const maxDepth = 1000

// Why values are rejected.
const (
	noSuchNumber = "JSON has no such number"
	notJSON      = "not written as JSON"
)

// Words that a reader of another encoding writes in place of what JSON has no form for. Reader treats them like NaN: the
// tuple that holds one is refused, with the reason.
const (
	BinaryWord    = "Binary"        // bytes that are no text
	ExtensionWord = "ExtensionType" // a value of a type that the encoding leaves to its users
	KeyWord       = "Key"           // the value of a key that can't be text
)

// noValue is why such words are no values.
var noValue = map[string]string{
	"NaN": noSuchNumber, "Infinity": noSuchNumber, "-Infinity": noSuchNumber,
	BinaryWord:    "bytes that are no text in UTF-8 have no form in JSON; send them in base64",
	ExtensionWord: "an extension type has no form in JSON; send it as text or numbers",
	KeyWord:       "the key of a map has to be text or a number",
}

// scanner finds where a JSON value ends and whether it is fit to be passed on, in one look at every byte. jsoniter's
// Iterator can't do that: it does not tell where it is, copies what it skips, and lets through numbers that are none,
// bytes that are no UTF-8 and half surrogate pairs. So the scanner goes first, and the Iterator only reads what the
// scanner has found to be clean.
//
// What a value of a tuple can't be as JSON (NaN, 01) is noted in bad, and the scan goes on, as the rest of the message
// still counts. What makes it impossible to tell where a value ends stops the scan.
type scanner struct {
	buf   []byte
	pos   int
	depth int

	dirty bool        // the value is not ASCII on one line, or not Unicode: pass on what appendCompact makes of it
	bad   *ValueError // the first thing since reset that JSON does not have
	open  int         // depth of the container whose step is the next to go in front of bad.Path
	arity int         // number of elements of the last array that ended at depth 0

	fault   string // why the scan stopped
	faultAt int    // and where
}

// reset begins a new value at pos.
func (s *scanner) reset(pos int) {
	s.pos, s.depth, s.dirty, s.bad, s.arity = pos, 0, false, nil, 0
}

// value scans one value, white space around it included. It is false if the scan stopped.
func (s *scanner) value() bool {
	c, ok := s.peek()
	if !ok {
		return s.stop("the text ends where a value is expected")
	}
	switch c {
	case '"':
		ok = s.str()
	case '[', '{':
		switch {
		case s.depth >= maxDepth:
			ok = s.skipDeep()
		case c == '[':
			ok = s.array()
		default:
			ok = s.object()
		}
	default:
		ok = s.literal()
	}
	if ok {
		s.space()
	}
	return ok
}

func (s *scanner) array() bool {
	s.pos++
	s.depth++
	n := 0
	if c, ok := s.peek(); ok && c == ']' {
		s.pos++
	} else {
		for more := true; more; n++ {
			if !s.value() {
				return false
			}
			if s.bad != nil && s.open == s.depth {
				s.step(n, "["+strconv.Itoa(n)+"]")
			}
			if more, ok = s.more(']'); !ok {
				return false
			}
		}
	}
	if s.depth--; s.depth == 0 {
		s.arity = n
	}
	return true
}

func (s *scanner) object() bool {
	s.pos++
	s.depth++
	if c, ok := s.peek(); ok && c == '}' {
		s.pos++
	} else {
		for more := true; more; {
			key, ok := s.key()
			if !ok || !s.value() {
				return false
			}
			if s.bad != nil && s.open == s.depth {
				s.step(-1, pathKey(key))
			}
			if more, ok = s.more('}'); !ok {
				return false
			}
		}
	}
	s.depth--
	return true
}

// members scans an object whose values are scanned by what is given.
func (s *scanner) members(value func(name []byte) bool) bool {
	s.pos++
	if c, ok := s.peek(); ok && c == '}' {
		s.pos++
		return true
	}
	for more := true; more; {
		name, ok := s.key()
		if !ok || !value(name) {
			return false
		}
		if more, ok = s.more('}'); !ok {
			return false
		}
	}
	return true
}

// elements scans an array whose elements are scanned by what is given.
func (s *scanner) elements(element func() bool) bool {
	s.pos++
	if c, ok := s.peek(); ok && c == ']' {
		s.pos++
		return true
	}
	for more := true; more; {
		if !element() {
			return false
		}
		var ok bool
		if more, ok = s.more(']'); !ok {
			return false
		}
	}
	return true
}

// key scans a key and its colon, and returns the key's text without the quotes.
func (s *scanner) key() ([]byte, bool) {
	if c, ok := s.peek(); !ok || c != '"' {
		return nil, s.stop("a key is expected")
	}
	start := s.pos + 1
	if !s.str() {
		return nil, false
	}
	key := s.buf[start : s.pos-1]
	if c, ok := s.peek(); !ok || c != ':' {
		return nil, s.stop("a colon is expected")
	}
	s.pos++
	return key, true
}

// more scans what follows an element: a comma, which means that there is another one, or the closing bracket.
func (s *scanner) more(closing byte) (more, ok bool) {
	c, ok := s.peek()
	if !ok || c != ',' && c != closing {
		return false, s.stop("a comma or a closing bracket is expected")
	}
	s.pos++
	return c == ',', true
}

// ordinary says which bytes of a string stand for themselves and are ASCII.
var ordinary = func() (table [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

func (s *scanner) str() bool {
	buf := s.buf
	for i := s.pos + 1; i < len(buf); {
		for i < len(buf) && ordinary[buf[i]] {
			i++
		}
		if i == len(buf) {
			break
		}
		switch c := buf[i]; {
		case c == '"':
			s.pos = i + 1
			return true
		case c == '\\':
			i = s.escape(i)
		default:
			s.dirty = true
			i++
		}
	}
	return s.stop("the text ends inside a string")
}

// escape scans the escape at i and returns where the string goes on.
func (s *scanner) escape(i int) int {
	if i+1 >= len(s.buf) {
		return len(s.buf)
	}
	switch s.buf[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		r := hex4(s.buf[i+2:])
		if r < 0 {
			break
		}
		if !utf16.IsSurrogate(r) {
			return i + 6
		}
		if surrogatePair(s.buf[i:]) >= 0 {
			return i + 12
		}
		s.dirty = true
		return i + 6
	}
	s.reject(i, i+2, "JSON has no such escape")
	return i + 2
}

func (s *scanner) literal() bool {
	start := s.pos
	for s.pos < len(s.buf) && isWord(s.buf[s.pos]) {
		s.pos++
	}
	word := s.buf[start:s.pos]
	if len(word) == 0 {
		return s.stop("a value is expected")
	}
	switch string(word) {
	case "true", "false", "null":
		return true
	}
	if why, known := noValue[string(word)]; known {
		s.reject(start, s.pos, why)
	} else if !isNumber(word) {
		s.reject(start, s.pos, notJSON)
	}
	return true
}

// skipDeep passes over an array or object that is nested too deep, without looking at what is in it.
func (s *scanner) skipDeep() bool {
	s.reject(s.pos, s.pos, "nested deeper than "+strconv.Itoa(maxDepth))
	for open := 0; s.pos < len(s.buf); {
		switch s.buf[s.pos] {
		case '"':
			if !s.str() {
				return false
			}
			continue
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		if s.pos++; open == 0 {
			return true
		}
	}
	return s.stop("the text ends inside an array or object")
}

// peek skips white space and returns the byte after it.
func (s *scanner) peek() (byte, bool) {
	s.space()
	if s.pos < len(s.buf) {
		return s.buf[s.pos], true
	}
	return 0, false
}

func (s *scanner) space() {
	for ; s.pos < len(s.buf); s.pos++ {
		switch s.buf[s.pos] {
		case ' ', '\t':
		case '\n', '\r':
			s.dirty = true
		default:
			return
		}
	}
}

func (s *scanner) stop(why string) bool {
	s.fault, s.faultAt = why, s.pos
	return false
}

// reject notes what JSON does not have. Its path is put together by the containers around it as their scans end.
func (s *scanner) reject(start, end int, why string) {
	if s.bad == nil {
		s.bad = &ValueError{Field: -1, Text: clip(s.buf[start:min(end, len(s.buf))], maxValueText), Reason: why}
		s.open = s.depth
	}
}

// step puts the step from a container to the bad value in front of the path. n is the index in an array, else -1.
func (s *scanner) step(n int, step string) {
	s.bad.Path = step + s.bad.Path
	if s.open--; s.open == 0 {
		s.bad.Field = n
	}
}

func pathKey(key []byte) string {
	for _, c := range key {
		if !isWord(c) {
			return "[" + strconv.Quote(clip(key, maxValueText)) + "]"
		}
	}
	return "." + clip(key, maxValueText)
}

// isWord reports whether c can be in a number or a bare word such as true or -Infinity.
func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.' || c == '_'
}

// isNumber reports whether all of s is a number by JSON's grammar.
func isNumber[T string | []byte](s T) bool {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return false
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if i++; i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(s)
}

// surrogatePair returns the character that the two escapes at the start of b are together, -1 if they are no pair.
func surrogatePair(b []byte) rune {
	if len(b) < 12 || b[6] != '\\' || b[7] != 'u' {
		return -1
	}
	if r := utf16.DecodeRune(hex4(b[2:]), hex4(b[8:])); r != '\uFFFD' {
		return r
	}
	return -1
}

// hex4 returns the number that the four hexadecimal digits at the start of b are, -1 if they are none.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
