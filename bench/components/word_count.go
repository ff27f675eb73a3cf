// The components of the word count in Go, each a process of its own.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/bench/measure"
	"github.com/gstorm/gstorm/bench/native"
	"github.com/gstorm/gstorm/plugin"
)

func main() {
	_, here, _, _ := runtime.Caller(0)
	text, err := measure.ReadText(filepath.Dir(here))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	b := gstorm.NewBuilder("components")
	b.Spout("Sentences", func() gstorm.Spout { return &native.Sentences{Text: text} }).Output("default", "sentence")
	b.Bolt("Split", func() gstorm.Bolt { return native.Split{} }).Output("default", "word")
	b.Bolt("Count", func() gstorm.Bolt { return native.NewCount() }).Output("default", "word", "count")
	b.Bolt("Pass", func() gstorm.Bolt { return native.Pass{} }).Output("default", "sentence")
	plugin.Main(b.Topology())
}
