package main

import (
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/stormtesting"
)

// builtins are the components that a topology can name without any code of its own.
type builtins struct {
	spouts map[string]func() gstorm.Spout
	bolts  map[string]func() gstorm.Bolt
}

// shipped are the builtins that come with gstorm.
func shipped() builtins {
	return builtins{
		spouts: map[string]func() gstorm.Spout{
			"TestWordSpout": func() gstorm.Spout { return stormtesting.NewTestWordSpout(nil) },
		},
		bolts: map[string]func() gstorm.Bolt{
			"LogInfoBolt":     func() gstorm.Bolt { return &stormtesting.LogInfoBolt{} },
			"TestWordCounter": func() gstorm.Bolt { return stormtesting.NewTestWordCounter() },
			"TestGlobalCount": func() gstorm.Bolt { return &stormtesting.TestGlobalCount{} },
		},
	}
}

// find returns what makes a built-in component; both results are nil where there is none.
func (b builtins) find(kind gstorm.Kind, name string) (spout func() gstorm.Spout, bolt func() gstorm.Bolt) {
	if kind == gstorm.SpoutKind {
		return b.spouts[name], nil
	}
	return nil, b.bolts[name]
}

// has reports whether there is such a built-in component.
func (b builtins) has(kind gstorm.Kind, name string) bool {
	spout, bolt := b.find(kind, name)
	return spout != nil || bolt != nil
}
