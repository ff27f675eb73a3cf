// Package generate has the built-in spout that makes tuples up.
package generate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{{
		Name: "generate", Kind: gstorm.SpoutKind, Doc: "makes tuples up, at a rate, the same ones for the same seed",
		Details: "What a field is: a list, from which a value is chosen; a mapping `{min: 1, max: 6}`, between which a number is chosen, a whole one if both are; `sequence`, the number of the tuple; " +
			"a text with the names of earlier fields in braces, as `user {id}`, and with `{sequence}`; any other value is itself. " +
			"The n-th tuple depends on seed and n alone: more tasks share the same tuples out, and the rate.",
		Options: []catalog.Option{
			{Name: "fields", Type: catalog.Named, Default: []any{map[string]any{"n": "sequence"}}, Doc: "the fields in order, and what each is"},
			{Name: "count", Type: catalog.Integer, Doc: "how many tuples there are, of all tasks together; without it, there is no end"},
			{Name: "rate", Type: catalog.Number, Doc: "how many a second; without it, as many as are taken"},
			{Name: "seed", Type: catalog.Integer, Default: 1, Doc: "another seed makes other choices"},
		},
		Streams: []catalog.Stream{{Name: "default", Fields: "the names in `fields`", Doc: "each tuple"}},
		Promise: "Emits every tuple with a message id, and one that fails again until it is acked. A new start begins at the first tuple again.",
		Example: "{fields: [{id: sequence}, {word: [the, cow, jumped]}], count: 1000, rate: 100}",
		Make:    made,
	}}
}

func made(v catalog.Values, _ []gstorm.Fields) (catalog.Made, error) {
	var names []string
	var makers []maker
	var errs []error
	for _, field := range v.Named("fields") {
		m, err := newMaker(field.Value, names)
		if err != nil {
			errs = append(errs, fmt.Errorf("option fields, %s: %w", field.Name, err))
		}
		names, makers = append(names, field.Name), append(makers, m)
	}
	if v.Has("rate") && v.Float("rate") == 0 {
		errs = append(errs, errors.New("option rate is 0: it must be more"))
	}
	count := -1
	if v.Has("count") {
		count = v.Int("count")
	}
	return catalog.Made{Outline: catalog.OnDefault(names...), NewSpout: func() gstorm.Spout {
		return &spout{makers: makers, count: count, rate: v.Float("rate"), seed: uint64(v.Int("seed"))}
	}}, errors.Join(errs...)
}

// spout emits tuples by their numbers, which are their message ids.
type spout struct {
	makers []maker
	count  int // -1: no end
	rate   float64
	seed   uint64

	next    int // the number of the next tuple
	step    int // tasks take turns
	failed  []int
	active  time.Time // since when tuples are due
	emitted int       // since then
}

// Open implements gstorm.Opener.
func (s *spout) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.next, s.step = task.Index, max(task.Tasks, 1)
	s.rate /= float64(s.step)
	return nil
}

// Activate implements gstorm.Activator: what would have been due while the topology rested is not made up for.
func (s *spout) Activate(context.Context) error {
	s.active, s.emitted = time.Now(), 0
	return nil
}

// Deactivate implements gstorm.Activator.
func (s *spout) Deactivate(context.Context) error { return nil }

// Next emits a tuple if one is due. It implements gstorm.Spout.
func (s *spout) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if len(s.failed) > 0 {
		n := s.failed[0]
		s.failed = s.failed[1:]
		out.EmitID(n, gstorm.DefaultStream, s.tuple(n)...)
		return nil
	}
	if s.count >= 0 && s.next >= s.count {
		return gstorm.ErrFinished
	}
	if s.rate > 0 && float64(s.emitted) >= time.Since(s.active).Seconds()*s.rate+1 {
		return nil
	}
	out.EmitID(s.next, gstorm.DefaultStream, s.tuple(s.next)...)
	s.next += s.step
	s.emitted++
	return nil
}

// Ack implements gstorm.Acknowledger: a tuple is made anew if need be, so nothing is kept.
func (s *spout) Ack(any) {}

// Fail lets a tuple be emitted again. It implements gstorm.Acknowledger.
func (s *spout) Fail(id any) { s.failed = append(s.failed, id.(int)) }

// tuple makes the n-th tuple.
func (s *spout) tuple(n int) []any {
	random := rand.New(rand.NewPCG(s.seed, uint64(n)))
	values := make([]any, len(s.makers))
	for i, m := range s.makers {
		values[i] = m(n, random, values[:i])
	}
	return values
}
