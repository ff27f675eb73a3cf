package transfer

import (
	"sync"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
)

// BatchSize is the number of tuples at which a batch goes out without waiting for its producer to be idle.
const BatchSize = 128

// Delivery is one tuple on its way to one task, with the trees that it is part of.
type Delivery struct {
	Tuple   gstorm.Tuple
	Lineage acker.Lineage
}

// Batch is what one task sends to another at one time. Epoch is that of the plan it was made under.
type Batch struct {
	Epoch      uint64
	From       int
	Deliveries []Delivery
	bytes      int
	queued     int64 // when the first of it came into the queue, by the queue's clock
	later      int64 // how much later the others came, in sum
}

// slot makes room for one more.
func (b *Batch) slot() *Delivery {
	n := len(b.Deliveries)
	if n < cap(b.Deliveries) {
		b.Deliveries = b.Deliveries[:n+1] // is zero: see Release
	} else {
		b.Deliveries = append(b.Deliveries, Delivery{})
	}
	return &b.Deliveries[n]
}

// join adds what another batch has behind what this one has. False: they don't go together, or would be too large.
func (b *Batch) join(other *Batch) bool {
	if b.From != other.From || b.Epoch != other.Epoch || len(b.Deliveries)+len(other.Deliveries) > BatchSize {
		return false
	}
	b.Deliveries = append(b.Deliveries, other.Deliveries...)
	b.bytes += other.bytes
	b.later += other.later + (other.queued-b.queued)*int64(len(other.Deliveries))
	return true
}

// Queued is when its deliveries came into the queue, in the mean, by the clock of Queue.Time.
func (b *Batch) Queued() int64 { return b.queued + b.later/int64(max(len(b.Deliveries), 1)) }

var batches = sync.Pool{New: func() any { return &Batch{Deliveries: make([]Delivery, 0, 16)} }}

// Release gives a batch back after its deliveries were handled. The receiver calls it once and touches neither the batch
// nor its slice of deliveries afterwards.
func (b *Batch) Release() {
	clear(b.Deliveries)
	b.Deliveries = b.Deliveries[:0]
	b.bytes, b.queued, b.later = 0, 0, 0
	batches.Put(b)
}

// Lineages are those of the batch's tuples, which stay valid when the batch is released.
func (b *Batch) Lineages() []acker.Lineage {
	list := make([]acker.Lineage, len(b.Deliveries))
	for i := range b.Deliveries {
		list[i] = b.Deliveries[i].Lineage
	}
	return list
}
