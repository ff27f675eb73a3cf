// Package basic has the built-in bolts that look at tuples, count them, hold them back and change them.
package basic

import "github.com/gstorm/gstorm/connectors/catalog"

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{logDefinition(), countDefinition(), teeDefinition(), sampleDefinition(), rateLimitDefinition(), filterDefinition(), mapDefinition()}
}

// atOnce is the promise of bolts that keep nothing.
const atOnce = "Keeps nothing: what it emits belongs to the tuple that it comes of, which is acked as soon as it is emitted, and fails if that fails."
