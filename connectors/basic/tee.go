package basic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

func teeDefinition() catalog.Definition {
	return catalog.Definition{
		Name: "tee", Kind: gstorm.BoltKind, Doc: "passes every tuple on to several streams",
		Options: []catalog.Option{{Name: "streams", Type: catalog.Texts, Required: true, Doc: "the names of the streams"}},
		Streams: []catalog.Stream{{Name: "each of `streams`", Fields: "those of the input", Doc: "every tuple"}},
		Promise: atOnce,
		Example: "streams: [fast, slow]",
		Make: func(v catalog.Values, inputs []gstorm.Fields) (catalog.Made, error) {
			streams := v.Texts("streams")
			for i, stream := range streams {
				if stream == "" || strings.HasPrefix(stream, "__") || slices.Contains(streams[:i], stream) {
					return catalog.Made{}, fmt.Errorf("option streams has %q: names must differ, not be empty and not begin with __", stream)
				}
			}
			outline, err := passing(inputs, streams...)
			return catalog.Made{Outline: outline, NewBolt: func() gstorm.Bolt { return teeBolt(streams) }}, err
		},
	}
}

type teeBolt []string

// Execute implements gstorm.Bolt.
func (b teeBolt) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	values, err := t.Decode()
	if err != nil {
		return err
	}
	for _, stream := range b {
		out.EmitTo(stream, values...)
	}
	return nil
}

// Tick does nothing, so that ticks are not passed on. It implements gstorm.Ticker.
func (b teeBolt) Tick(context.Context, *gstorm.Collector) error { return nil }
