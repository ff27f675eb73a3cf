package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/bench/measure"
	"github.com/gstorm/gstorm/bench/native"
	"github.com/gstorm/gstorm/internal/stats"
)

// The shapes of topologies.
const (
	words = "words" // sentences -> split -> count -> report
	chain = "chain" // sentences -> pass -> pass -> ...
	fan   = "fan"   // sentences -> pass, pass, ...
)

// inProcess is a component in Go, in this process.
const inProcess = "native"

// topology is what the options ask for.
type topology struct {
	options
	tally *tally
	*gstorm.Topology
	text measure.Text
	gate chan struct{} // closed when held bolts may begin
}

func newTopology(o options) (*topology, error) {
	text, err := measure.ReadText(o.components)
	if err != nil {
		return nil, err
	}
	if o.size > 0 {
		text = measure.Text{strings.Repeat("x", o.size)}
	}
	t := &topology{options: o, tally: newTally(), text: text, gate: make(chan struct{})}
	b := gstorm.NewBuilder("bench")
	for key, value := range o.config {
		b.Set(key, value)
	}
	b.Spout("spout", func() gstorm.Spout { return newSentences(t.tally, t.text, t.rate) }).Parallelism(o.spouts).
		Output(gstorm.DefaultStream, "sentence")
	switch o.shape {
	case words:
		t.wordCount(b)
	case chain, fan:
		t.passes(b)
	default:
		return nil, fmt.Errorf("there is no shape %q", o.shape)
	}
	t.Topology = b.Topology()
	for i := range t.Components {
		if err := t.implement(&t.Components[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *topology) wordCount(b *gstorm.Builder) {
	b.Bolt("split", func() gstorm.Bolt { return native.Split{} }).Parallelism(t.splits).
		Output(gstorm.DefaultStream, "word").From("spout", "", gstorm.Shuffle)
	b.Bolt("count", func() gstorm.Bolt { return native.NewCount() }).Parallelism(t.counts).
		Output(gstorm.DefaultStream, "word", "count").From("split", "", gstorm.FieldsGrouping, "word")
	b.Bolt("report", func() gstorm.Bolt { return report{t.tally} }).From("count", "", gstorm.Global)
}

func (t *topology) passes(b *gstorm.Builder) {
	from := "spout"
	for i := range t.length {
		id := passing + strconv.Itoa(i+1)
		b.Bolt(id, func() gstorm.Bolt {
			if t.hold && i == 0 {
				return gate{t.gate}
			}
			return native.Pass{}
		}).Parallelism(t.splits).Output(gstorm.DefaultStream, "sentence").From(from, "", gstorm.Shuffle)
		if t.shape == chain {
			from = id
		}
	}
}

// passing begins the ids of the bolts of a chain or fan.
const passing = "pass"

// implement makes a declared component, which is a native one so far, what the options say.
func (t *topology) implement(c *gstorm.Component) error {
	kind, name := inProcess, ""
	switch {
	case c.ID == "spout":
		kind, name = t.spout, "Sentences"
	case c.ID == "split":
		kind, name = t.split, "Split"
	case c.ID == "count":
		kind, name = t.count, "Count"
	case strings.HasPrefix(c.ID, passing):
		kind, name = t.split, "Pass"
	}
	var file string
	switch kind {
	case inProcess:
		return nil
	case "rb", "py", "go":
		file = filepath.Join(t.components, "word_count."+kind)
	case "js":
		file = filepath.Join(t.components, "word_count.mjs")
	default:
		if custom, component, named := strings.Cut(kind, ":"); named {
			file, name = custom, component
		}
	}
	if file != "" {
		absolute, err := filepath.Abs(file)
		c.Implementation = gstorm.Implementation{Type: gstorm.FileImplementation, File: absolute, Component: name}
		return err
	}
	shell, err := measure.ShellCommand(kind, c.ID, t.options.components, t.libraries)
	if err != nil {
		return fmt.Errorf("component %s: %w", c.ID, err)
	}
	c.Implementation = gstorm.Implementation{Type: gstorm.ShellImplementation, Command: shell.Command, Env: shell.Env}
	return nil
}

// check compares what was counted with what the spouts have emitted.
func (t *topology) check(end *stats.Snapshot) (counted uint64, err error) {
	emitted := component(end, "spout").Emitted
	if t.shape != words {
		for i := range t.length {
			executed := component(end, passing+strconv.Itoa(i+1)).Executed
			if counted += executed; executed != emitted {
				err = fmt.Errorf("%s%d has handled %d sentences of %d", passing, i+1, executed, emitted)
			}
		}
		return counted, err
	}
	spouts := t.tally.spouts
	if t.spout != inProcess {
		spouts = []uint64{emitted}
	}
	if sum := total(spouts); sum != emitted {
		return 0, fmt.Errorf("the spouts have emitted %d sentences, the host says %d", sum, emitted)
	}
	return measure.Sum(t.tally.words), measure.Check(t.text.Counts(spouts...), t.tally.words)
}

func component(s *stats.Snapshot, id string) stats.Component {
	for _, c := range s.Components {
		if c.ID == id {
			return c
		}
	}
	return stats.Component{}
}

func total(numbers []uint64) (sum uint64) {
	for _, n := range numbers {
		sum += n
	}
	return sum
}
