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
	anchors []acker.Anchor
	accs    []uint64
}

// handleBatch hands over tuples at once and answers them: an error or a panic fails all, everything else acks all.
func (b *nativeBolt) handleBatch(ctx context.Context, deliveries []transfer.Delivery) {
	s := &b.scratch
	s.tuples, s.anchors, s.accs = s.tuples[:0], s.anchors[:0], append(s.accs[:0], make([]uint64, len(deliveries))...)
	for i := range deliveries {
		s.tuples = append(s.tuples, &deliveries[i].Tuple)
		s.anchors = append(s.anchors, acker.Anchor{Lineage: &deliveries[i].Lineage, Acc: &s.accs[i]})
	}
	b.sink.about(s.anchors)
	start := time.Now()
	err := b.sink.outcome(guard.Call(func() error { return b.batches.ExecuteBatch(ctx, s.tuples, b.collector) }))
	b.count.tookEach(time.Since(start), len(deliveries))
	b.count.executed.Add(uint64(len(deliveries)))
	if err != nil {
		b.failed(err, "")
		for i := range deliveries {
			b.answerFail(&deliveries[i].Lineage, err)
		}
		return
	}
	b.count.acked.Add(uint64(len(deliveries)))
	for i := range deliveries {
		b.answers.ack(&deliveries[i].Lineage, s.accs[i])
	}
}
