package gstorm

import (
	"context"
	"errors"
	"log/slog"
)

// ErrFinished is returned by Spout.Next when the spout has nothing more to emit. The host then asks again only after it
// has told the spout of a failure, so a spout that replays returns it once nothing is left to replay.
var ErrFinished = errors.New("spout finished")

// Spout brings tuples into a topology. One task calls all methods of one spout, never two at a time. What a spout can do
// beyond Next is said by the optional interfaces Opener, Acknowledger, Activator and Closer.
type Spout interface {
	// Next emits any number of tuples and returns. Emitting none is fine: the host then waits a little before it
	// calls again. It should not block for longer than ctx allows. An error other than ErrFinished counts as the
	// death of the component.
	Next(ctx context.Context, out *SpoutCollector) error
}

// Bolt takes tuples and emits others. One task calls all methods of one bolt, never two at a time. Optional: Opener,
// Closer, Ticker, BatchBolt.
type Bolt interface {
	// Execute handles one tuple. What it emits is anchored to the tuple. Returning nil acks the tuple, unless it was held
	// (Collector.Hold); an error fails it, a panic fails it and is reported. The tuple is the host's again when Execute
	// returns: copy it (kept := *t) to keep it. Its values are never changed.
	Execute(ctx context.Context, t *Tuple, out *Collector) error
}

// Opener is a component that prepares itself. Open is called once, before any other method.
type Opener interface {
	Open(ctx context.Context, task *TaskContext) error
}

// Closer is a component that ends in order. Close is called once, after the last tuple, before the tasks downstream are
// closed: what it emits still reaches them.
type Closer interface {
	Close(ctx context.Context, out *Collector) error
}

// Acknowledger is a spout that wants to know what became of the tuples that it emitted with an id: exactly one of the
// two is called for each of them, with the id that was given.
type Acknowledger interface {
	Ack(id any)
	Fail(id any)
}

// Ticker is a bolt that wants the ticks that topology.tick.tuple.freq.secs brings, instead of getting them in Execute.
type Ticker interface {
	Tick(ctx context.Context, out *Collector) error
}

// Activator is a spout that wants to know when its topology is activated and deactivated. Activate is called before the
// first Next as well. An error counts as the death of the component.
type Activator interface {
	Activate(ctx context.Context) error
	Deactivate(ctx context.Context) error
}

// BatchBolt is a bolt that takes at once what waits for it: for a database, say. ExecuteBatch is called instead of Execute,
// with 1 to some hundred tuples in the order in which they came. What it emits is anchored to all of them; nil acks all,
// an error or a panic fails all. Ticks come by themselves, to Tick or as batches of one.
type BatchBolt interface {
	Bolt
	ExecuteBatch(ctx context.Context, tuples []*Tuple, out *Collector) error
}

// TaskContext tells a component who it is.
type TaskContext struct {
	Topology  string
	Component string
	Task      int    // the task's id, unique in the topology
	Index     int    // which of the component's tasks it is, from 0
	Tasks     int    // how many there are
	Config    Config // the topology's configuration with the component's over it
	Logger    *slog.Logger
	Metrics   Metrics
}

// Metrics takes figures that a component reports about itself. It may be used from any goroutine.
type Metrics interface {
	// Set reports the value of a metric of the task, which stands until the next one. It must be a value that a tuple can
	// carry.
	Set(name string, value any)
}
