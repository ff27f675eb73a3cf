// Package builtin lists the components that any topology can name without code of its own: gstorm's, and the small ones that
// come with Storm. docs/builtins.md is made of it.
package builtin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/basic"
	"github.com/gstorm/gstorm/connectors/board"
	"github.com/gstorm/gstorm/connectors/catalog"
	"github.com/gstorm/gstorm/connectors/exec"
	"github.com/gstorm/gstorm/connectors/file"
	"github.com/gstorm/gstorm/connectors/generate"
	"github.com/gstorm/gstorm/connectors/stormtesting"
)

// Catalog is a list of built-in components, no two of the same kind and name.
type Catalog []catalog.Definition

// All are the components that come with gstorm: spouts, then bolts, by name.
func All() Catalog {
	all := Catalog(slices.Concat(basic.Definitions(), board.Definitions(), exec.Definitions(), file.Definitions(), generate.Definitions(), stormtesting.Definitions()))
	slices.SortFunc(all, func(a, b catalog.Definition) int {
		if a.Kind != b.Kind {
			return -strings.Compare(string(a.Kind), string(b.Kind))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

// Find returns the component of a kind and name. The error says what there is instead.
func (c Catalog) Find(kind gstorm.Kind, name string) (*catalog.Definition, error) {
	var known []string
	other := false
	for i := range c {
		if c[i].Kind != kind {
			other = other || c[i].Name == name
			continue
		}
		if c[i].Name == name {
			return &c[i], nil
		}
		known = append(known, c[i].Name)
	}
	near := gstorm.Nearest(name, known)
	switch {
	case other && kind == gstorm.SpoutKind:
		return nil, fmt.Errorf("the built-in %q is a bolt", name)
	case other:
		return nil, fmt.Errorf("the built-in %q is a spout", name)
	case near != "":
		return nil, fmt.Errorf("there is no built-in %s %q, did you mean %q?", kind, name, near)
	}
	return nil, fmt.Errorf("there is no built-in %s %q (there are: %s)", kind, name, strings.Join(known, ", "))
}

// Missing is the error for a name that no component has, of whatever kind.
func (c Catalog) Missing(name string) error {
	known := make([]string, len(c))
	for i := range c {
		known[i] = c[i].Name
	}
	if near := gstorm.Nearest(name, known); near != "" {
		return fmt.Errorf("there is no built-in %q, did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no built-in %q", name)
}

// Outline is the catalog as gstorm.Builtins.
func (c Catalog) Outline(kind gstorm.Kind, impl *gstorm.Implementation, inputs []gstorm.Fields) (gstorm.Outline, error) {
	d, err := c.Find(kind, impl.Name)
	if err != nil {
		return gstorm.Outline{}, err
	}
	made, err := d.Build(impl.Options, inputs)
	return made.Outline, err
}

// New returns what makes the tasks of a component, as the host asks for it.
func (c Catalog) New(kind gstorm.Kind, impl *gstorm.Implementation) (spout func() gstorm.Spout, bolt func() gstorm.Bolt, err error) {
	d, err := c.Find(kind, impl.Name)
	if err != nil {
		return nil, nil, err
	}
	made, err := d.Build(impl.Options, nil)
	return made.NewSpout, made.NewBolt, err
}
