package basic

import (
	"context"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/expression"
)

// rejectedStream is where a filter puts what it does not let through, if it is to.
const rejectedStream = "rejected"

// language says what expressions are.
const language = "Expressions are in the language of [expr-lang](https://expr-lang.org/docs/language-definition): the names in them are the fields of the input; one that is no name is `$env[\"global-count\"]`. What they say is checked before anything starts."

func filterDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "filter", Kind: gstorm.BoltKind, Doc: "passes on the tuples for which an expression is true", Details: language,
		Options: []catalog.Option{
			{Name: "when", Type: catalog.Text, Required: true, Doc: "the expression, as `count > 3 and word startsWith \"a\"`"},
			{Name: "rejected", Type: catalog.Truth, Default: false, Doc: "emit the others on the stream `rejected`"},
		},
		Streams: []catalog.Stream{
			{Name: "default", Fields: "those of the input", Doc: "tuples for which the expression is true"},
			{Name: "rejected", Fields: "those of the input", Doc: "the others, with the option `rejected`"},
		},
		Promise: atOnce + " What is not passed on is acked. A tuple for which the expression can't be computed fails, and says why.",
		Example: "when: count > 3",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			when, err := expression.Condition(v.Text("when"), inputs)
			if err != nil {
				return catalog.Made{}, fmt.Errorf("option when: %w", err)
			}
			streams := []string{gstorm.DefaultStream}
			if v.Bool("rejected") {
				streams = append(streams, rejectedStream)
			}
			outline, err := passing(inputs, streams...)
			return catalog.Made{Outline: outline, NewBolt: func() gstorm.Bolt { return &filterBolt{when: when, rejected: v.Bool("rejected")} }}, err
		},
	}
}

type filterBolt struct {
	when     *expression.Expression
	rejected bool
}

// Execute implements gstorm.Bolt.
func (b *filterBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	pass, err := b.when.True(t)
	if err != nil {
		return err
	}
	if pass {
		out.Emit(t.Values...)
	} else if b.rejected {
		out.EmitTo(rejectedStream, t.Values...)
	}
	return nil
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b *filterBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
