// Package native has the components of the word count in Go: the same run in gstorm's process and as plugins.
package native

import (
	"context"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/bench/measure"
)

// Sentences emits the sentences of a text in turn until it is stopped, each with an id.
type Sentences struct {
	Text measure.Text
	next int
}

// Next implements gstorm.Spout.
func (s *Sentences) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	out.EmitID(s.next, "", s.Text[s.next%len(s.Text)])
	s.next++
	return nil
}

// Split emits the words of a sentence.
type Split struct{}

// Execute implements gstorm.Bolt.
func (Split) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	sentence, err := t.String("sentence")
	if err != nil {
		return err
	}
	start := 0
	for i := range len(sentence) {
		if sentence[i] == ' ' {
			out.Emit(sentence[start:i])
			start = i + 1
		}
	}
	out.Emit(sentence[start:])
	return nil
}

// Count counts words, and says at its end how many there were.
type Count struct {
	counts map[string]uint64
}

// NewCount returns one for one task.
func NewCount() *Count { return &Count{counts: map[string]uint64{}} }

// Execute implements gstorm.Bolt.
func (c *Count) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	word, err := t.String("word")
	if err != nil {
		return err
	}
	c.counts[word]++
	return nil
}

// Close implements gstorm.Closer.
func (c *Count) Close(_ context.Context, out *gstorm.Collector) error {
	for word, n := range c.counts {
		out.Emit(word, n)
	}
	return nil
}

// Pass hands on what it gets.
type Pass struct{}

// Execute implements gstorm.Bolt.
func (Pass) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	sentence, err := t.Value("sentence")
	if err != nil {
		return err
	}
	out.Emit(sentence)
	return nil
}
