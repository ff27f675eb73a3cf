package past

import "time"

// Tier is a resolution in which the past is kept.
type Tier struct {
	Step, Span time.Duration

	name  string
	bytes float64 // that a value takes in a record, more than is seen where all of them change
}

// Tiers are all, the finest first.
var Tiers = []Tier{
	{time.Second, 10 * time.Minute, "1s.ring", 2},
	{10 * time.Second, 3 * time.Hour, "10s.ring", 2.5},
	{time.Minute, 24 * time.Hour, "60s.ring", 3},
}

// fullSeries is how many components, streams and edges a topology may have for its past to be kept for the whole of each span. Of
// what has more it is kept for a shorter time, so that no topology takes more than some 10 MB.
const fullSeries = 200

// Most is how many records there are of a topology with so many components, streams and edges.
func (t *Tier) Most(series int) int {
	return int(t.Span/t.Step)*fullSeries/max(series, fullSeries) + 1 // one more, from before the span
}

// tierBlocks is how many blocks a ring has: one of them is lost when a record is.
const tierBlocks = 16

// head is that of a ring for records of a layout.
func (t *Tier) head(l *Layout, meta []byte) head {
	width := l.Width() + len(l.Components)*Gauges
	size := int(float64(t.Most(l.series())*width) * t.bytes)
	return head{Width: width, Block: max(size/tierBlocks, blockHead+2*longest(width)), Blocks: tierBlocks, Meta: meta}
}
