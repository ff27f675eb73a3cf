package stormtesting

import (
	"context"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm"
)

// TestWordCounter counts how often it has got each first value of a tuple, and emits that value with its count so far,
// fields word and count: Storm's TestWordCounter. The value must be a string.
type TestWordCounter struct {
	counts map[string]int
}

// NewTestWordCounter makes one that has counted nothing.
func NewTestWordCounter() *TestWordCounter { return &TestWordCounter{counts: map[string]int{}} }

// Execute counts one tuple. It implements gstorm.Bolt.
func (b *TestWordCounter) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	values, err := t.Decode()
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return errors.New("a tuple without values holds no word to count")
	}
	word, isText := values[0].(string)
	if !isText {
		return fmt.Errorf("the first value of a tuple is %v, no word", values[0])
	}
	b.counts[word]++
	out.Emit(word, b.counts[word])
	return nil
}

// Tick does nothing, so that ticks are not counted. It implements gstorm.Ticker.
func (b *TestWordCounter) Tick(context.Context, *gstorm.Collector) error { return nil }
