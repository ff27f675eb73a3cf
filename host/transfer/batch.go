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
}

func (b *Batch) add(d Delivery) {
	b.Deliveries = append(b.Deliveries, d)
	b.bytes += len(d.Tuple.JSON)
}

var batches = sync.Pool{New: func() any { return &Batch{Deliveries: make([]Delivery, 0, 16)} }}

// Release gives a batch back after its deliveries were handled. The receiver calls it once and touches neither the batch
// nor its slice of deliveries afterwards.
func (b *Batch) Release() {
	clear(b.Deliveries)
	b.Deliveries = b.Deliveries[:0]
	b.bytes = 0
	batches.Put(b)
}
