package stormtesting

import (
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{
		{
			Name: "TestWordSpout", Kind: gstorm.SpoutKind, Doc: "emits, as Storm's TestWordSpout, a name at random ten times a second, for ever",
			Streams: []catalog.Stream{{Name: "default", Fields: "`word`", Doc: "nathan, mike, jackson, golda or bertels"}},
			Promise: "Emits without message ids, so nothing is replayed.",
			Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
				return catalog.Made{Outline: catalog.OnDefault("word"), NewSpout: func() gstorm.Spout { return NewTestWordSpout(nil) }}, nil
			},
		},
		{
			Name: "LogInfoBolt", Kind: gstorm.BoltKind, Doc: "logs, as the LogInfoBolt of Storm's Flux, each tuple at info; `log` can do more",
			Promise: "Acks each tuple when it is logged.",
			Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
				return catalog.Made{NewBolt: func() gstorm.Bolt { return &LogInfoBolt{} }}, nil
			},
		},
		{
			Name: "TestWordCounter", Kind: gstorm.BoltKind, Doc: "counts, as Storm's TestWordCounter, first values, which are texts; `count` can do more",
			Streams: []catalog.Stream{{Name: "default", Fields: "`word`, `count`", Doc: "each value with its count so far"}},
			Promise: "Counts live in memory; each belongs to its tuple. A tuple that is replayed counts again.",
			Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
				return catalog.Made{Outline: catalog.OnDefault("word", "count"), NewBolt: func() gstorm.Bolt { return NewTestWordCounter() }}, nil
			},
		},
		{
			Name: "TestGlobalCount", Kind: gstorm.BoltKind, Doc: "counts, as Storm's TestGlobalCount, all tuples; `count` can do more",
			Streams: []catalog.Stream{{Name: "default", Fields: "`global-count`", Doc: "the count so far"}},
			Promise: "The count lives in memory, and belongs to its tuple. A tuple that is replayed counts again.",
			Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
				return catalog.Made{Outline: catalog.OnDefault("global-count"), NewBolt: func() gstorm.Bolt { return &TestGlobalCount{} }}, nil
			},
		},
	}
}
