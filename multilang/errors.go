package multilang

import (
	"errors"
	"fmt"
	"strings"
)

// How much of a component's text is kept for people to read.
const (
	maxFrameText = 2 << 10
	maxValueText = 128
)

// ErrFrameTooLarge is returned by Reader.Next when a frame is longer than ReaderOptions.MaxFrame. Where the next frame
// begins is not known then: the Reader is of no further use.
var ErrFrameTooLarge = errors.New("frame is larger than the limit")

// FrameError is a frame that is no message. The Reader goes on with the next frame.
type FrameError struct {
	Text  string // what the component wrote, cut to 2 KiB
	Cause error
}

// Error names the cause; the text is for whoever wants to show it.
func (e *FrameError) Error() string { return fmt.Sprintf("message not understood: %v", e.Cause) }

// Unwrap returns the cause.
func (e *FrameError) Unwrap() error { return e.Cause }

// ValueError is a value that JSON can't carry: NaN, an infinity, a number like 01, a Go channel.
type ValueError struct {
	Field  int    // index in the tuple of the value that it is or is in, -1 if it is in no tuple
	Path   string // where in the text, like [2].price[0]; "" for all of it
	Text   string // the value as it was written, cut to 128 bytes
	Reason string
}

// Error is one line: where, what, why.
func (e *ValueError) Error() string {
	where := "value"
	if e.Path != "" {
		where = "value at " + e.Path
	}
	if e.Text == "" {
		return where + ": " + e.Reason
	}
	return fmt.Sprintf("%s: %q: %s", where, e.Text, e.Reason)
}

// clip is the beginning of b as text that can be shown.
func clip(b []byte, limit int) string {
	return strings.ToValidUTF8(string(b[:min(len(b), limit)]), "\uFFFD")
}
