package terminal

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the ranges of letters that take two cells (Unicode's East_Asian_Width W and F, with the emoji blocks).
var wide = [][2]rune{
	{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x2614, 0x2615}, {0x26A1, 0x26A1}, {0x2705, 0x2705},
	{0x2728, 0x2728}, {0x274C, 0x274C}, {0x2753, 0x2755}, {0x2B50, 0x2B50}, {0x2E80, 0x303E}, {0x3041, 0x33FF},
	{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
	{0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
	{0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F64F}, {0x1F680, 0x1F6FF},
	{0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1FAFF}, {0x20000, 0x3FFFD},
}

// runeWidth is how many cells of a terminal a letter takes: 0, 1 or 2.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	_, found := slices.BinarySearchFunc(wide, r, func(span [2]rune, r rune) int {
		switch {
		case span[1] < r:
			return -1
		case span[0] > r:
			return 1
		}
		return 0
	})
	if found {
		return 2
	}
	return 1
}

// width is how many cells a text without control characters takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// truncate cuts a text to at most limit cells; what was cut shows its end as an ellipsis.
func truncate(s string, limit int) string {
	if width(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	used := 0
	for i, r := range s {
		if w := runeWidth(r); used+w > limit-1 {
			return s[:i] + "…"
		} else {
			used += w
		}
	}
	return s
}

// padRight fills up to n cells with blanks after the text, padLeft with blanks before it.
func padRight(s string, n int) string { return s + blanks(n-width(s)) }

func padLeft(s string, n int) string { return blanks(n-width(s)) + s }

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

// Escape makes a text of one or more lines, which comes from a component or a user's file, harmless for a terminal:
// control characters but tab and newline, letters that reorder a line, and bytes that are no UTF-8 are spelt out.
func Escape(text string) string { return escape(text, true) }

// escape makes a text harmless for a terminal: control characters (but tab and, if lines, newline), the letters that
// reorder a line, and bytes that are no UTF-8 are spelt out. What it returns takes the cells that width says, but for tabs.
func escape(s string, lines bool) string {
	if clean(s, lines) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case harmless(r, lines):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func clean(s string, lines bool) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !harmless(r, lines) }) < 0
}

func harmless(r rune, lines bool) bool {
	switch {
	case r == '\t', r == '\n' && lines:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F:
		return false
	}
	return !unicode.IsControl(r)
}

// escapePrinted is escape for a line that a component printed. Colours (CSI ... m) stay, because people print them on
// purpose; a line that sets one gets its end put back to normal.
func escapePrinted(line string) string {
	if clean(line, false) {
		return line
	}
	var b strings.Builder
	coloured := false
	for rest := line; rest != ""; {
		at := strings.IndexByte(rest, '\x1b')
		if at < 0 {
			b.WriteString(escape(rest, false))
			break
		}
		b.WriteString(escape(rest[:at], false))
		n := colourLength(rest[at:])
		if n == 0 {
			b.WriteString(escape(rest[at:at+1], false))
			n = 1
		} else {
			b.WriteString(rest[at : at+n])
			coloured = true
		}
		rest = rest[at+n:]
	}
	if coloured {
		b.WriteString(normal)
	}
	return b.String()
}

// colourLength is how many bytes the colour sequence takes that s begins with, or 0 if it begins with none.
func colourLength(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}
