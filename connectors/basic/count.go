package basic

import (
	"context"
	"errors"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/expression"
)

func countDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "count", Kind: gstorm.BoltKind, Doc: "counts tuples, all or by the values of fields",
		Details: "With several tasks, subscribe with the fields grouping on the fields of `by`, or each task counts what it happens to get.",
		Options: []catalog.Option{
			{Name: "by", Type: catalog.Texts, Doc: "the fields whose values make what is counted together; none: all tuples are"},
			{Name: "count_as", Type: catalog.Text, Default: "count", Doc: "the name of the field with the count"},
			{Name: "every", Type: catalog.Seconds, Doc: "emit so often what has changed, and all else at the end, instead of every count"},
		},
		Streams: []catalog.Stream{{Name: "default", Fields: "those of `by`, then that of `count_as`", Doc: "each count as it becomes, or, with `every`, the counts that have changed, in the order in which they first did"}},
		Promise: "Counts live in memory, from 0 at each start; a tuple that is replayed counts again. Without `every` each count belongs to its tuple. With it, tuples are acked when they are counted, and what is emitted at a tick is not replayed.",
		Example: "by: word",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			by, as, every := v.Texts("by"), v.Text("count_as"), v.Duration("every")
			made := catalog.Made{Outline: catalog.OnDefault(append(slices.Clone(by), as)...), NewBolt: func() gstorm.Bolt {
				return &countBolt{by: by, ticks: every > 0, counts: map[string]*group{}}
			}}
			if every > 0 {
				made.Config = gstorm.Config{gstorm.TopologyTickFreq: every.Seconds()}
			} else if v.Has("every") {
				return made, errors.New("option every is 0: it must be more")
			}
			if slices.Contains(by, as) {
				return made, errors.New("option count_as names a field of by: the count needs a name of its own")
			}
			return made, unknownFields(by, inputs)
		},
	}
}

// countBolt counts by the JSON of the values.
type countBolt struct {
	by      []string
	ticks   bool
	counts  map[string]*group
	changed []*group // since the last tick
}

type group struct {
	values  []any // of the fields; room for the count behind them
	n       int
	changed bool
}

// Execute implements gstorm.Bolt.
func (b *countBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	g, err := b.group(t)
	if err != nil {
		return err
	}
	g.n++
	if !b.ticks {
		out.Emit(append(g.values, g.n)...)
		return nil
	}
	if !g.changed {
		g.changed = true
		b.changed = append(b.changed, g)
	}
	return nil
}

func (b *countBolt) group(t *gstorm.Tuple) (*group, error) {
	values := make([]any, len(b.by), len(b.by)+1)
	for i, name := range b.by {
		var err error
		if values[i], err = t.Value(name); err != nil {
			return nil, err
		}
	}
	key, err := asJSON(expression.Plain(values))
	if err != nil {
		return nil, err
	}
	g := b.counts[key]
	if g == nil {
		g = &group{values: values}
		b.counts[key] = g
	}
	return g, nil
}

// Tick emits what has changed since the last one. It implements gstorm.Ticker.
func (b *countBolt) Tick(_ context.Context, out *gstorm.Collector) error {
	for _, g := range b.changed {
		out.Emit(append(g.values, g.n)...)
		g.changed = false
	}
	b.changed = b.changed[:0]
	return nil
}

// Close emits what has changed since the last tick. It implements gstorm.Closer.
func (b *countBolt) Close(ctx context.Context, out *gstorm.Collector) error { return b.Tick(ctx, out) }
