// Package plugin is for programs whose components gstorm runs as processes of their own: a file word_count.go, or a package
// in a directory, that declares a topology, as word_count.rb would.
//
//	package main
//
//	func main() {
//		b := gstorm.NewBuilder("word-count")
//		b.Spout("lines", func() gstorm.Spout { return gstorm.Reliable(lines) }).Output("default", "line")
//		b.Bolt("split", func() gstorm.Bolt { return split{} }).From("lines", "", gstorm.Shuffle).Output("default", "word")
//		plugin.Main(b.Topology())
//	}
//
// `gstorm run word_count.go` builds it, asks it what it is, and starts it once for each task: a component that panics fails a
// tuple, one that exits, hangs or is killed fails what it had and is started again, and no other component notices. The
// same components run without processes in one's own program, by package local.
//
// A task's process gets of gstorm's environment only what gstorm.plugin.env names, besides PATH, HOME and the like.
package plugin

import (
	"fmt"
	"os"

	"github.com/gstorm/gstorm"
)

// What a process is started for, by the variable that the adapter sets, as it does for files of other languages.
const (
	roleVariable = "GSTORM_ROLE"
	describeRole = "describe"
	taskRole     = "task"
)

// Main hands topologies over to gstorm, which has started the program to learn what they are or to run one task. Where there
// are several, the last one is run unless -c names another. It does not return. If somebody else has started the program it
// says how to run it, and exits with code 2.
func Main(topologies ...*gstorm.Topology) {
	for i, t := range topologies {
		topologies[i] = withChoosers(t)
	}
	switch os.Getenv(roleVariable) {
	case describeRole:
		os.Exit(describe(topologies))
	case taskRole:
		os.Exit(serve(topologies))
	}
	fmt.Fprintf(os.Stderr, "this program declares a topology; run it with\n\n\tgstorm run %s\n\n", os.Args[0])
	os.Exit(2)
}
