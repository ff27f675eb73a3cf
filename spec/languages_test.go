package spec

import (
	"path/filepath"
	"strings"
)

// language is one that gstorm has a library of its own for.
type language struct {
	name      string
	folder    string   // of its components
	extension string   // of a topology's file
	command   []string // starts a program of the library; the last is its path. Mode, file and options follow.

	batches bool // whether it takes batches

	// What makes a file of a component: %s is its source. The heads are one line.
	bolt, spout string
}

// languages are those whose library is there, in the order of their columns in tables.
var languages = []language{
	{
		name: "Ruby", folder: "ruby", extension: ".rb",
		command: []string{"ruby", "--disable-gems", "../adapters/ruby/lib/gstorm/boot.rb"}, batches: true,
		bolt: `require "gstorm"
%s
class Behaviour < Gstorm::Topology
  bolt(Subject) { from "source" }
end
`,
		spout: `require "gstorm"
%s
class Behaviour < Gstorm::Topology
  spout Subject
end
`,
	},
	{
		name: "Python", folder: "python", extension: ".py",
		command: []string{"python3", "../adapters/python/lib/boot.py"}, batches: true,
		bolt: `from gostorm import BatchingBolt, Bolt, Stream, Topology
%s
class Behaviour(Topology):
    subject = Subject.spec(inputs=["source"])
`,
		spout: `from gostorm import ReliableSpout, Spout, Stream, Topology
%s
class Behaviour(Topology):
    subject = Subject.spec()
`,
	},
	{
		name: "JavaScript", folder: "javascript", extension: ".mjs",
		command: []string{"node", "../adapters/javascript/lib/boot.js"}, batches: true,
		bolt: `import { batchBolt, bolt, log, topology } from 'gstorm';
%s
export default topology('behaviour', (t) => { t.bolt('subject', subject).shuffle('source'); });
`,
		spout: `import { reliableSpout, spout, topology } from 'gstorm';
%s
export default topology('behaviour', (t) => { t.spout('subject', subject); });
`,
	},
}

// frame makes the file of a behaviour.
func (l *language) frame(b *behaviour) string {
	source := b.source(l.name)
	switch b.Kind {
	case Bolt:
		return strings.Replace(l.bolt, "%s", source, 1)
	case Spout:
		return strings.Replace(l.spout, "%s", source, 1)
	}
	return source
}

// task is the command of a task's process.
func (l *language) task(file, component string) []string {
	return append(l.argv("task", file), "--component", component)
}

// describe is the command that describes a topology.
func (l *language) describe(file string) []string { return l.argv("describe", file) }

func (l *language) argv(mode, file string) []string {
	n := len(l.command) - 1
	program, err := filepath.Abs(l.command[n])
	if err != nil { // there is no working directory any more
		panic(err)
	}
	return append(append([]string(nil), l.command[:n]...), program, mode, file)
}
