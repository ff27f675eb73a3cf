package host

import (
	"context"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/guard"
)

// batchScratch is what a call with a batch needs, kept for the next one.
type batchScratch struct {
	tuples  []*gstorm.Tuple
	edges   []*edge // by which they have come
	anchors []acker.Anchor
	accs    []uint64
}

// handleBatch hands over tuples at once and answers them: an error or a panic fails all, everything else acks all.
func (b *nativeBolt) handleBatch(ctx context.Context, batch *transfer.Batch) {
	deliveries := batch.Deliveries
	s := &b.scratch
	s.tuples, s.edges, s.anchors, s.accs = s.tuples[:0], s.edges[:0], s.anchors[:0], append(s.accs[:0], make([]uint64, len(deliveries))...)
	for i := range deliveries {
		s.edges = append(s.edges, b.in.of(deliveries[i].Tuple.Source)) // the bolt may change the tuple
		s.tuples = append(s.tuples, &deliveries[i].Tuple)
		s.anchors = append(s.anchors, acker.Anchor{Lineage: &deliveries[i].Lineage, Acc: &s.accs[i]})
	}
	b.sink.about(s.anchors)
	for i := range deliveries {
		if l := &deliveries[i].Lineage; l.Traced() {
			b.traceHanded(time.Now(), l, 0)
		}
	}
	start := b.worker.clock()
	err := b.sink.outcome(guard.Call(func() error { return b.batches.ExecuteBatch(ctx, s.tuples, b.collector) }))
	b.count.handled(b.worker.clock()-start, len(deliveries), queuedFor(batch, start), len(deliveries))
	if err != nil {
		b.failed(err, "")
	}
	for i := range deliveries {
		by := s.edges[i]
		by.newExecuted++
		if err != nil {
			b.answerFail(&deliveries[i].Lineage, by, err)
			continue
		}
		by.newAcked++
		b.answers.ack(&deliveries[i].Lineage, s.accs[i])
	}
	b.in.countExecuted()
	b.in.countAcked()
}
