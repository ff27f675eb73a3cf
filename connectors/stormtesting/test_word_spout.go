// Package stormtesting has the components that Storm ships for trying things out (org.apache.storm.testing), which
// RedStorm topologies name as Java classes.
package stormtesting

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/gstorm/gstorm"
)

// TestWordSpout emits a name at random ten times a second, on the default stream, whose one field is word, without a
// message id, for ever: Storm's TestWordSpout.
type TestWordSpout struct {
	pick func(n int) int
}

// interval is how long Storm's TestWordSpout sleeps before each word.
const interval = 100 * time.Millisecond

// NewTestWordSpout makes one. pick returns a number from 0 to n-1 at random; nil: the system's randomness.
func NewTestWordSpout(pick func(n int) int) *TestWordSpout {
	if pick == nil {
		pick = rand.IntN
	}
	return &TestWordSpout{pick}
}

// Next emits one word, after a pause. It implements gstorm.Spout.
func (s *TestWordSpout) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	pause := time.NewTimer(interval)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-pause.C:
	}
	words := [...]string{"nathan", "mike", "jackson", "golda", "bertels"}
	out.Emit(words[s.pick(len(words))])
	return nil
}
