package graph_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/graph"
)

var rewrite = flag.Bool("rewrite", false, "write what came out into the files under testdata")

func wordCount() *gstorm.Topology {
	b := gstorm.NewBuilder("word_count")
	b.ShellSpout("lines", "x").Output("default", "line")
	b.ShellBolt("split", "x").Parallelism(4).Output("default", "word", "file").Output("errors", "text").From("lines", "", gstorm.Shuffle)
	b.ShellBolt("count", "x").Parallelism(4).Output("default", "word", "n").From("split", "", gstorm.FieldsGrouping, "word", "file")
	b.ShellBolt("log", "x").From("split", "errors", gstorm.All).From("count", "", gstorm.Global)
	t := b.Topology()
	t.Components[2].Tasks = 8
	return t
}

func withCycles() *gstorm.Topology {
	b := gstorm.NewBuilder("retries")
	b.ShellSpout("requests", "x").Output("default", "url")
	b.ShellBolt("fetch", "x").Output("default", "page").Output("failed", "url").
		From("requests", "", gstorm.Shuffle).From("wait", "", gstorm.Shuffle).From("fetch", "failed", gstorm.LocalOrShuffle)
	b.ShellBolt("wait", "x").Output("default", "url").From("fetch", "failed", gstorm.Shuffle)
	b.ShellBolt("store", "x").From("fetch", "", gstorm.FieldsGrouping, "page")
	b.ShellBolt("hen", "x").Output("default", "x").From("egg", "", gstorm.Direct)
	b.ShellBolt("egg", "x").Output("default", "x").From("hen", "", gstorm.None)
	b.ShellSpout("clock", "x").Output("default", "time")
	b.ShellBolt("report", "x").From("clock", "", gstorm.Shuffle).From("store", "", gstorm.PartialKey, "x")
	return b.Topology()
}

// broken is a topology that Validate refuses, with names that mean something to the formats.
func broken() *gstorm.Topology {
	b := gstorm.NewBuilder("a \"b\"\n\\c")
	b.ShellSpout("end", "x").Output("a<b>", "x")
	b.ShellBolt(`"quoted" #1; \n & `+"`code`\x1b[31m", "x").Parallelism(-1).From("end", "a<b>", "by|pipe").From("nowhere", "", gstorm.Shuffle)
	b.ShellBolt("end", "x").From("end", "", gstorm.FieldsGrouping)
	b.ShellBolt("", "x")
	return b.Topology()
}

func TestRender(t *testing.T) {
	for name, topology := range map[string]*gstorm.Topology{"word_count": wordCount(), "cycles": withCycles(), "broken": broken(), "empty": {Name: "empty"}} {
		for _, format := range graph.Formats() {
			t.Run(name+"/"+format, func(t *testing.T) {
				var b strings.Builder
				if err := graph.Render(&b, topology, format); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+format)
				if *rewrite {
					if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if diff := cmp.Diff(string(want), b.String()); err != nil || diff != "" {
					t.Error(err, diff)
				}
			})
		}
	}
}

// full is a writer that takes nothing.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestRenderFails(t *testing.T) {
	err := graph.Render(&strings.Builder{}, wordCount(), "svg")
	if want := `unknown format "svg" (known: text, mermaid, dot)`; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	if err := graph.Render(full{}, wordCount(), "text"); !errors.Is(err, errFull) {
		t.Errorf("error is %v, want the writer's", err)
	}
}
