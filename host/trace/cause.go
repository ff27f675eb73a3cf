package trace

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gstorm/gstorm/host/acker"
)

// longestCause is how much of a cause is shown, in bytes.
const longestCause = 500

// CauseText is why a tuple failed, on one line.
func CauseText(c *acker.Cause) string {
	if c == nil {
		return ""
	}
	var b strings.Builder
	if c.Component != "" {
		b.WriteString(c.Component + ": ")
	}
	if c.Task != 0 {
		fmt.Fprintf(&b, "task %d", c.Task)
	}
	if c.PID != 0 {
		fmt.Fprintf(&b, " pid %d", c.PID)
	}
	if c.Tuple != "" {
		b.WriteString(" tuple " + c.Tuple)
	}
	reason, _, _ := strings.Cut(strings.TrimSpace(c.Reason), "\n")
	if reason != "" && c.Task != 0 {
		b.WriteString(": ")
	}
	return Beginning(b.String()+reason, longestCause)
}

// Beginning is a text, or as much of it as may be shown.
func Beginning(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
