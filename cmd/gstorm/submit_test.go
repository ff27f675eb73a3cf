package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// TestGoSourceInATopologyOfSeveralLanguages: whoever submits it is told that the nodes need Go, and what to do instead.
func TestGoSourceInATopologyOfSeveralLanguages(t *testing.T) {
	folder := t.TempDir()
	of := func(id, file string) gstorm.Component {
		return gstorm.Component{ID: id, Kind: gstorm.BoltKind, Implementation: gstorm.Implementation{Type: gstorm.FileImplementation, File: file}}
	}
	warned := func(file string, components ...gstorm.Component) (ids []string) {
		s := &adapters.Description{}
		for _, w := range builtOnNodes(describedAs{s, &gstorm.Topology{Components: components}}, filepath.Join(folder, file)) {
			if w.Severity != gstorm.Warning || w.Hint == "" {
				t.Errorf("%+v", w)
			}
			ids = append(ids, w.Message)
		}
		return ids
	}
	want := []string{`bolt "count" is of Go source, count.go: every node that runs it builds it, and needs Go for that`}
	if got := warned("words.rb", of("own", ""), of("count", "count.go"), of("program", "count"), of("other", "other.py")); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := warned("words.go", of("own", ""), of("other", "other.py")); len(got) != 1 {
		t.Errorf("a topology in Go with components in Python: %q", got)
	}
}

// describedAs is a session of a topology.
type describedAs struct {
	*adapters.Description
	topology *gstorm.Topology
}

func (d describedAs) Topology() *gstorm.Topology { return d.topology }

func (describedAs) Launch(*gstorm.Component) (adapters.Launch, error) { return adapters.Launch{}, nil }
