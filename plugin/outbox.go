package plugin

import (
	"encoding/json"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/gstorm/gstorm/multilang"
)

const (
	// writeBytes is how much is gathered for one write, while there is more to say.
	writeBytes = 32 << 10
	// writeAfter is for how long what was said may wait for more while the component works.
	writeAfter = 2 * time.Millisecond
)

// freshFor is for how long what was said may wait between two frames.
const freshFor = 100 * time.Microsecond

// frameEnd ends a frame of text.
const frameEnd = "\nend\n"

// outbox gathers what a task says and writes it, in the order in which it was said. Any goroutine may use it.
type outbox struct {
	to      io.Writer
	least   slog.LevelVar // from which on is logged
	writing sync.Mutex    // held from taking what was gathered until it is written; taken before mu

	mu    sync.Mutex // guards all below
	batch multilang.PackedBatch
	ready []byte // frames that come before batch
	spare []byte // what ready was
	late  *time.Timer
	armed bool
	since time.Time // when the first of what was gathered was
}

func newOutbox(to io.Writer) *outbox {
	o := &outbox{to: to}
	o.least.Set(everything)
	o.late = time.AfterFunc(time.Hour, o.flush)
	o.late.Stop()
	return o
}

// add changes the batch. It reports whether so much has been gathered that it is time to write.
func (o *outbox) add(change func(*multilang.PackedBatch)) (full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.batch)
	o.arm()
	return o.batch.Len()+len(o.ready) > writeBytes
}

// emit adds a tuple.
func (o *outbox) emit(stream string, task int, anchors []uint64, id uint64, values []any) error {
	o.mu.Lock()
	err := o.batch.Emit(stream, task, anchors, id, values)
	o.arm()
	full := o.batch.Len()+len(o.ready) > writeBytes
	o.mu.Unlock()
	if full {
		o.flush()
	}
	return err
}

// arm sees to it that what was gathered goes out in time. mu is held.
func (o *outbox) arm() {
	if !o.armed {
		o.armed, o.since = true, time.Now()
		o.late.Reset(writeAfter)
	}
}

// say adds a frame of JSON text behind all that was gathered.
func (o *outbox) say(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err) // all of it is text and numbers
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ready = o.batch.Take(o.ready)
	o.ready = append(append(o.ready, text...), frameEnd...)
	o.arm()
}

// flushIfOld writes what was gathered if the first of it has waited for a while.
func (o *outbox) flushIfOld() {
	o.mu.Lock()
	old := o.armed && time.Since(o.since) > freshFor
	o.mu.Unlock()
	if old {
		o.flush()
	}
}

// flush writes what was gathered. An error means that nobody listens any more, which whoever reads finds out.
func (o *outbox) flush() {
	o.writing.Lock()
	defer o.writing.Unlock()
	o.mu.Lock()
	frames := o.batch.Take(o.ready)
	o.ready = o.spare[:0]
	if o.armed {
		o.armed = false
		o.late.Stop()
	}
	o.mu.Unlock()
	if len(frames) > 0 {
		_, _ = o.to.Write(frames)
	}
	o.mu.Lock()
	o.spare = frames
	o.mu.Unlock()
}

// close stops the clock.
func (o *outbox) close() {
	o.flush()
	o.late.Stop()
}

// report is an error, a log line or a measurement as the protocol has them.
type report struct {
	Command string          `json:"command"`
	Msg     string          `json:"msg,omitempty"`
	Level   *int            `json:"level,omitempty"`
	Class   string          `json:"class,omitempty"`
	File    string          `json:"file,omitempty"`
	Line    int             `json:"line,omitempty"`
	ID      uint64          `json:"id,omitempty"`
	Name    string          `json:"name,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
}
