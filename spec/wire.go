package spec

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
)

// wire is the two pipes of a conversation. It reads frames by itself, without package multilang, so that a mistake there
// is found and not shared.
type wire struct {
	out    io.Writer
	frames chan []byte // closed at the end of the input
	reader sync.WaitGroup
	stop   chan struct{}
	record transcript
}

// waiting is how many frames may wait for the player, so that it can write much while the other side does so too.
const waiting = 10_000

// newWire begins to read. The reader ends with the input, or after close at its next frame.
func newWire(in io.Reader, out io.Writer) *wire {
	w := &wire{out: out, frames: make(chan []byte, waiting), stop: make(chan struct{})}
	w.reader.Go(func() { w.read(bufio.NewReaderSize(in, 1<<16)) })
	return w
}

// close ends the reading, whose input has to end; it waits for it.
func (w *wire) close() {
	close(w.stop)
	w.reader.Wait()
}

func (w *wire) read(in *bufio.Reader) {
	defer close(w.frames)
	var frame []byte
	for {
		line, err := in.ReadBytes('\n')
		if text := strings.TrimRight(string(line), "\r\n"); text == "end" && err == nil {
			if !w.pass(bytes.TrimSuffix(frame, []byte("\n"))) {
				return
			}
			frame = nil
		} else {
			frame = append(frame, line...)
		}
		if err != nil {
			if len(frame) > 0 {
				w.record.add("<=", "(no frame) "+string(frame))
			}
			return
		}
	}
}

func (w *wire) pass(frame []byte) bool {
	w.record.add("<-", string(frame))
	select {
	case w.frames <- frame:
		return true
	case <-w.stop:
		return false
	}
}

func (w *wire) send(text string) error {
	w.record.add("->", text)
	return w.put(text + "\nend\n")
}

func (w *wire) put(text string) error {
	if _, err := io.WriteString(w.out, text); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// transcript is what was said, the end of it if that was much.
type transcript struct {
	mu    sync.Mutex // guards the lines: reader and player add to them
	lines []string
}

const transcriptLines = 40

func (t *transcript) add(direction, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, direction+" "+cut(text))
	if len(t.lines) > transcriptLines {
		t.lines = t.lines[1:]
	}
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
