package stormtesting

import (
	"context"

	"github.com/gstorm/gstorm"
)

// TestGlobalCount counts tuples and emits the count after each, field global-count: Storm's TestGlobalCount. It is global
// if it has one task, or its streams come with the global grouping.
type TestGlobalCount struct {
	count int
}

// Execute counts one tuple. It implements gstorm.Bolt.
func (b *TestGlobalCount) Execute(_ context.Context, _ *gstorm.Tuple, out *gstorm.Collector) error {
	b.count++
	out.Emit(b.count)
	return nil
}

// Tick does nothing, so that ticks are not counted. It implements gstorm.Ticker.
func (b *TestGlobalCount) Tick(context.Context, *gstorm.Collector) error { return nil }
