package basic

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

func sampleDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "sample", Kind: gstorm.BoltKind, Doc: "passes some of its tuples on, at random or one in so many",
		Options: []catalog.Option{
			{Name: "probability", Type: catalog.Number, Doc: "how likely each tuple is passed on, from 0 to 1"},
			{Name: "one_in", Type: catalog.Integer, Least: 1, Doc: "pass on the first of so many tuples, instead"},
			{Name: "seed", Type: catalog.Integer, Doc: "makes the choices of `probability` the same in each run, for the same tuples in the same order; each task has its own"},
		},
		Streams: []catalog.Stream{{Name: "default", Fields: "those of the input", Doc: "what was chosen"}},
		Promise: atOnce + " What is not chosen is acked.",
		Example: "probability: 0.01",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			if v.Has("probability") == v.Has("one_in") {
				return catalog.Made{}, errors.New("one of the options probability and one_in is needed, not both")
			}
			if v.Float("probability") > 1 {
				return catalog.Made{}, errors.New("option probability is more than 1")
			}
			if v.Has("seed") && v.Has("one_in") {
				return catalog.Made{}, errors.New("option seed is for probability: one_in is never random")
			}
			outline, err := passing(inputs, gstorm.DefaultStream)
			return catalog.Made{Outline: outline, NewBolt: func() gstorm.Bolt {
				return &sampleBolt{probability: v.Float("probability"), oneIn: v.Int("one_in"), seeded: v.Has("seed"), seed: v.Int("seed")}
			}}, err
		},
	}
}

type sampleBolt struct {
	probability float64
	oneIn       int // 0: by probability
	seeded      bool
	seed        int
	seen        int
	random      func() float64
}

// Open implements gstorm.Opener.
func (b *sampleBolt) Open(_ context.Context, task *gstorm.TaskContext) error {
	b.random = rand.Float64
	if b.seeded {
		b.random = rand.New(rand.NewPCG(uint64(b.seed), uint64(task.Index))).Float64
	}
	return nil
}

// Execute implements gstorm.Bolt.
func (b *sampleBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	if !b.chosen() {
		return nil
	}
	values, err := t.Decode()
	if err != nil {
		return err
	}
	out.Emit(values...)
	return nil
}

func (b *sampleBolt) chosen() bool {
	if b.oneIn == 0 {
		return b.random() < b.probability
	}
	b.seen++
	return (b.seen-1)%b.oneIn == 0
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b *sampleBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
