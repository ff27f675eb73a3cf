package child

import (
	"bytes"
	"fmt"
)

const (
	// shownMessage is how much of a message a report shows.
	shownMessage = 2 << 10
	// searchedBack is how far back from the end of a batch its last message is looked for: enough for all but giants, and
	// little enough to do at every write.
	searchedBack = 64 << 10
)

var endLine = []byte("\nend\n")

// lastFrame is the text of the last message in a batch of frames, without its end line and shortened.
func lastFrame(frames []byte) []byte {
	text := bytes.TrimSuffix(frames, endLine)
	window := text[max(0, len(text)-searchedBack):]
	if i := bytes.LastIndex(window, endLine); i >= 0 {
		return shorten(window[i+len(endLine):])
	}
	if len(window) == len(text) {
		return shorten(text)
	}
	return append([]byte("... "), text[len(text)-shownMessage:]...)
}

func shorten(text []byte) []byte {
	if len(text) <= shownMessage {
		return text
	}
	return fmt.Appendf(nil, "%s ... (%d bytes)", text[:shownMessage], len(text))
}
