package gstorm

import (
	"context"
	"iter"
)

// Feed is where a Reliable spout has its tuples from: their values, one after the other, for its default stream. It is asked
// once for each task, and called by that task alone. The spout has finished when it ends and everything is handled. An error
// counts as the death of the component. ctx ends with the run.
type Feed func(ctx context.Context, task *TaskContext) iter.Seq2[Values, error]

// Reliable returns a Spout that emits every tuple of a feed with a message id, and again what has failed, until it is acked.
// It keeps them in memory meanwhile: topology.max.spout.pending bounds how many. What was not acked when its process dies is
// lost, unless the feed brings it again.
func Reliable(f Feed) Spout { return &reliable{feed: f, pending: map[uint64]Values{}} }

// reliable is the spout of a feed.
type reliable struct {
	feed    Feed
	pull    func() (Values, error, bool)
	stop    func()
	pending map[uint64]Values
	failed  []uint64
	last    uint64
}

// Open implements Opener.
func (r *reliable) Open(ctx context.Context, task *TaskContext) error {
	r.pull, r.stop = iter.Pull2(r.feed(ctx, task))
	return nil
}

// Next implements Spout: what has failed goes first.
func (r *reliable) Next(_ context.Context, out *SpoutCollector) error {
	if len(r.failed) > 0 {
		id := r.failed[0]
		r.failed = r.failed[1:]
		out.EmitID(id, "", r.pending[id]...)
		return nil
	}
	values, err, ok := r.pull()
	if !ok {
		return ErrFinished
	}
	if err != nil {
		return err
	}
	r.last++
	r.pending[r.last] = values
	out.EmitID(r.last, "", values...)
	return nil
}

// Ack implements Acknowledger.
func (r *reliable) Ack(id any) { delete(r.pending, id.(uint64)) }

// Fail implements Acknowledger.
func (r *reliable) Fail(id any) { r.failed = append(r.failed, id.(uint64)) }

// Close implements Closer: the feed ends.
func (r *reliable) Close(context.Context, *Collector) error {
	r.stop()
	return nil
}
