package adapters

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gstorm/gstorm"
)

// longestMessage bounds what is read of one line, so that a process gone wrong can't fill the memory. A description of
// ten thousand components is about 5 MB.
const longestMessage = 64 << 20

// message is one line from the describing process. Keys that are not known are ignored.
type message struct {
	Topology json.RawMessage `json:"topology"`
	// Interpreter comes with Topology: the path of the program that runs the process, by its own account.
	Interpreter string `json:"interpreter"`

	Problems *gstorm.Problems `json:"problems"`
	Event    string           `json:"event"`

	Call string          `json:"call"`
	ID   json.RawMessage `json:"id"` // whatever the caller has chosen; the reply repeats it
	Name string          `json:"name"`
	Wait *float64        `json:"wait"` // seconds
}

// submitted tells the describing process that it can go on.
type submitted struct {
	Event string `json:"event"`
	Env   string `json:"env"`
	Name  string `json:"name"`
}

// reply answers a call. Error is null where the call succeeded.
type reply struct {
	Reply json.RawMessage `json:"reply"`
	Error *string         `json:"error"`
}

// control is gstorm's end of the control channel: JSON objects, one a line, both ways.
type control struct {
	to    *os.File
	from  *os.File
	lines *bufio.Scanner // over from
}

func newControl(to, from *os.File) *control {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestMessage)
	lines.Split(wholeLines)
	return &control{to: to, from: from, lines: lines}
}

// wholeLines splits into lines and drops a last one without a line break: its writer died while writing it.
func wholeLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// receive returns the next message. io.EOF: there will be none. os.ErrDeadlineExceeded: interrupted. Others mean that
// what came is no message.
func (c *control) receive() (message, error) {
	for c.lines.Scan() {
		line := bytes.TrimSpace(c.lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return message{}, fmt.Errorf("read from describing process: %q is no message: %w", line[:min(len(line), 200)], err)
		}
		return m, nil
	}
	if err := c.lines.Err(); err != nil {
		return message{}, fmt.Errorf("read from describing process: %w", err)
	}
	return message{}, io.EOF
}

// send writes one message. That it can't be written is no news: receive says why.
func (c *control) send(v any) {
	line, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("control message %T: %v", v, err)) // the types above can always be written
	}
	_, _ = c.to.Write(append(line, '\n'))
}

// during runs f, in which receive and send give up as soon as ctx is done, or a moment after ended is closed: the process
// is gone then, but what it wrote may still be in the pipe, and somebody to whom it has left its end may keep that open.
func (c *control) during(ctx context.Context, ended <-chan struct{}, f func() error) error {
	c.setDeadline(time.Time{})
	ctx, cancel := context.WithCancel(ctx)
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		select {
		case <-ended:
			c.setDeadline(time.Now().Add(leftovers))
		case <-ctx.Done():
			c.setDeadline(time.Unix(1, 0))
		}
	}()
	err := f()
	cancel()
	<-returned
	return err
}

func (c *control) setDeadline(t time.Time) {
	// These fail only when the files are closed, which interrupts just as well.
	_ = c.from.SetReadDeadline(t)
	_ = c.to.SetWriteDeadline(t)
}
