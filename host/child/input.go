package child

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/multilang"
)

// ErrGone is in the error of Write when the child takes no more input: it has ended, is being killed, or its input was
// closed. Why, Process.Death says.
var ErrGone = errors.New("the process takes no more input")

// input is the writing end of a child's stdin. Closing it must not cut a frame in two when the child is to finish its
// work, and must not wait for anything when the child is to be killed: hence two ways to close.
type input struct {
	mu      sync.Mutex     // guards all below; not held while writing
	file    io.WriteCloser // nil: there is no way yet
	writing bool
	ended   bool // no further write
	whole   bool // file can't be closed while it is written to, and ends by itself where the child does
	closed  bool // the file is closed
	packed  bool // frames may be packed
	last    []byte
}

// open gives an input that had no file its file, unless it has ended meanwhile.
func (in *input) open(file io.WriteCloser) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.file = file
	if in.ended {
		_ = file.Close() // the child is gone or going
	}
}

// write blocks until the child has taken all of it, or the input is cut.
func (in *input) write(frames []byte) error {
	in.mu.Lock()
	if in.ended {
		in.mu.Unlock()
		return ErrGone
	}
	in.writing = true
	in.mu.Unlock()

	_, err := in.file.Write(frames)

	in.mu.Lock()
	defer in.mu.Unlock()
	in.writing = false
	if in.ended {
		_ = in.closeLocked() // nobody waits for it: end has returned
	}
	if err != nil {
		in.ended = true
		return ErrGone
	}
	return nil
}

// AtOnce is the most that Process.TryWrite can write: what a pipe takes whole or not at all, everywhere (POSIX).
const AtOnce = 512

// tryWrite writes all of it if the pipe has room, and nothing otherwise.
func (in *input) tryWrite(frames []byte) (written bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(frames) > AtOnce || in.ended || in.writing {
		return false
	}
	file, ok := in.file.(*os.File)
	if !ok {
		return false
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	err = conn.Write(func(fd uintptr) bool {
		n, err := unix.Write(int(fd), frames)
		written = err == nil && n == len(frames)
		return true // whatever came of it: no waiting
	})
	return err == nil && written
}

// end closes the input after the write that is under way.
func (in *input) end() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ended = true
	if in.writing {
		return nil
	}
	return in.closeLocked()
}

// cut closes the input now. A write that is under way fails.
func (in *input) cut() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.ended = true
	if in.writing && in.whole {
		return // which closes it
	}
	_ = in.closeLocked() // the child is gone or going
}

func (in *input) closeLocked() error {
	if in.closed || in.file == nil {
		return nil
	}
	in.closed = true
	return in.file.Close()
}

// note keeps the last message of what is to be written, for lastWritten.
func (in *input) note(frames []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.packed {
		in.last = append(in.last[:0], frames...)
		return
	}
	in.last = append(in.last[:0], lastFrame(frames)...)
}

// lastWritten is the last message to the child, shortened for a report.
func (in *input) lastWritten() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.packed {
		return string(shorten([]byte(multilang.LastPacked(in.last))))
	}
	return string(in.last)
}

// packs says that frames may be packed from now on.
func (in *input) packs() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.packed = true
}
