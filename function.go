package gstorm

import "context"

// BoltFunc is a function as a Bolt. All tasks of its component share it, so what it remembers needs a lock.
type BoltFunc func(ctx context.Context, t *Tuple, out *Collector) error

// Execute implements Bolt.
func (f BoltFunc) Execute(ctx context.Context, t *Tuple, out *Collector) error { return f(ctx, t, out) }

// SpoutFunc is a function as a Spout. All tasks of its component share it.
type SpoutFunc func(ctx context.Context, out *SpoutCollector) error

// Next implements Spout.
func (f SpoutFunc) Next(ctx context.Context, out *SpoutCollector) error { return f(ctx, out) }
