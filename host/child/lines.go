package child

import (
	"bufio"
	"bytes"
	"io"
)

const (
	longestStderrLine = 64 << 10
	longestPrint      = 1 << 20
)

// eachLine calls f with every line of r, without its line break, until r ends. A line that is longer than limit comes in
// pieces of that length; a last line without a line break counts as one. The line is f's only until f returns.
func eachLine(r io.Reader, limit int, f func(line []byte)) {
	in := bufio.NewReaderSize(r, min(limit, 64<<10))
	var line []byte
	inside := false // a piece of this line was given to f
	for {
		part, err := in.ReadSlice('\n')
		part, whole := bytes.CutSuffix(part, []byte("\n"))
		line = append(line, part...)
		ended := err != nil && err != bufio.ErrBufferFull
		if len(line) >= limit || (whole || ended) && len(line) > 0 || whole && !inside {
			f(line)
			line = line[:0]
			inside = true
		}
		if whole {
			inside = false
		}
		if ended {
			return
		}
	}
}
