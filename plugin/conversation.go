package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/guard"
	"github.com/gstorm/gstorm/multilang"
)

// frame is one frame from gstorm.
type frame struct {
	tuples  []byte  // the content of a packed one
	command command // one of text
}

// conversation is one task's life with gstorm: a reader, which answers heartbeats whatever the component does, and the
// component's own goroutine.
type conversation struct {
	in      *multilang.HostReader
	out     *outbox
	shaken  *handshake
	task    *gstorm.TaskContext
	waiting *backlog
	done    atomic.Uint64 // calls of the component that have ended
	calling atomic.Bool   // one has not

	// Of the component's goroutine: the stream of the last emit, as most are on the same, and its fields; -1: none was.
	stream string
	fields int
}

// converse runs one task of a component. It returns when gstorm has closed its side and everything is answered, or with the
// error that the component can't go on after.
func converse(ctx context.Context, s io.ReadWriter, component *gstorm.Component) error {
	c := &conversation{in: multilang.NewHostReader(s), out: newOutbox(s), waiting: newBacklog(), fields: -1}
	defer c.out.close()
	text, packed, err := c.in.Next()
	if err == nil && packed {
		err = errors.New("it is packed")
	}
	if err != nil {
		return fmt.Errorf("read handshake: %w", err)
	}
	if c.shaken, err = readHandshake(text); err != nil {
		return err
	}
	if offered := multilang.OfferPacked().Agree(c.shaken.Extension); !offered.Has(multilang.FeaturePacked) {
		return errors.New("this gstorm does not speak with components in Go as this program does: build it with the version of gstorm that runs it")
	}
	c.task = c.shaken.task()
	c.task.Logger, c.task.Metrics = slog.New(&handler{out: c.out}), metrics{c.out}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if component.Kind == gstorm.SpoutKind {
		return c.run(ctx, newSpoutTask(c, component.Implementation.NewSpout()))
	}
	return c.run(ctx, newBoltTask(c, component.Implementation.NewBolt()))
}

// runner is a task's component.
type runner interface {
	// component is the user's.
	component() any
	// handle does what a frame says. An error ends the process.
	handle(ctx context.Context, f *frame) error
	// finish is called when no frame will follow.
	finish(ctx context.Context) error
}

func (c *conversation) run(ctx context.Context, r runner) error {
	if curious, ok := r.component().(interface{ meet(tasks map[int]string) }); ok {
		curious.meet(c.shaken.Context.TaskComponents)
	}
	if opener, ok := r.component().(gstorm.Opener); ok {
		if err := guard.Call(func() error { return opener.Open(ctx, c.task) }); err != nil {
			return c.failed(fmt.Errorf("open: %w", err), 0)
		}
	}
	if err := c.greet(); err != nil {
		return err
	}
	read := make(chan error, 1)
	go func() {
		read <- c.read()
		c.waiting.close()
	}()
	defer c.waiting.end()
	for frames := c.waiting.take(nil); len(frames) > 0; frames = c.waiting.take(frames) {
		for i := range frames {
			c.calling.Store(true)
			err := r.handle(ctx, &frames[i])
			c.calling.Store(false)
			if err != nil {
				return c.failed(err, 0)
			}
			c.out.flushIfOld()
		}
		if c.waiting.empty() {
			c.out.flush()
		}
	}
	if err := <-read; err != nil {
		return err
	}
	return r.finish(ctx)
}

// greet answers the handshake. Until then gstorm says nothing more.
func (c *conversation) greet() error {
	pid := os.Getpid()
	if dir := c.shaken.PidDir; dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(pid)), nil, 0o600); err != nil {
			return fmt.Errorf("write pid file: %w", err)
		}
	}
	offer := multilang.OfferPacked()
	c.out.say(map[string]any{"pid": pid, "gstorm": map[string]any{"v": offer.V, "features": offer.Features}})
	c.out.flush()
	return nil
}

// read hands frames over and answers heartbeats. It ends with gstorm's side: nil, or the connection's error.
func (c *conversation) read() error {
	var beat struct { // at the last heartbeat during the same call
		done  uint64
		first time.Time
	}
	for {
		text, packed, err := c.in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		f := frame{tuples: text}
		if !packed {
			f.tuples = nil
			if f.command, err = readCommand(text); err != nil {
				return err
			}
			if f.command.Command == levelCommand {
				c.out.setLevel(f.command.Level)
				continue
			}
			if f.command.Stream == heartbeatStream {
				now, done := time.Now(), c.done.Load()
				if beat.first.IsZero() || done != beat.done || !c.calling.Load() {
					beat.first, beat.done = now, done
				}
				c.sign(now.Sub(beat.first))
				continue
			}
		}
		if !c.waiting.put(f) {
			return nil
		}
	}
}

// sign gives a sign of life, with for how long a call has been seen to last.
func (c *conversation) sign(busy time.Duration) {
	sync := map[string]any{"command": "sync"}
	if busy > 0 {
		sync["busy"] = busy.Seconds()
	}
	c.out.say(sync)
	c.out.flush()
}

// failed reports an error, which the component has ended with, about a tuple if id is not 0. It returns the error.
func (c *conversation) failed(err error, id uint64) error {
	r := report{Command: "error", Msg: err.Error(), Class: fmt.Sprintf("%T", err), ID: id}
	if r.File, r.Line = guard.Position(err); r.Line > 0 {
		r.Class = "panic"
	}
	c.out.say(r)
	return err
}

// check says what is wrong with an emit. skip: it goes nowhere, as the component has declared no stream at all.
func (c *conversation) check(stream string, values gstorm.Values) (skip bool, err error) {
	if stream == c.stream && len(values) == c.fields {
		return false, nil
	}
	declared := c.shaken.Context.OutputFields
	fields, ok := declared[stream]
	switch {
	case !ok && len(declared) == 0 && stream == gstorm.DefaultStream:
		return true, nil
	case !ok:
		return false, fmt.Errorf("emit on stream %q, which the component does not declare", stream)
	case len(fields) != len(values):
		return false, fmt.Errorf("emit of %d values on stream %q, which has %d fields (%s)", len(values), stream, len(fields), fields)
	}
	c.stream, c.fields = stream, len(fields)
	return false, nil
}

// metrics are a task's gstorm.Metrics.
type metrics struct{ out *outbox }

// Set implements gstorm.Metrics.
func (m metrics) Set(name string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		m.out.say(report{Command: "error", Msg: fmt.Sprintf("metric %q: %v", name, err)})
		return
	}
	m.out.say(report{Command: "metrics", Name: name, Params: text})
}
