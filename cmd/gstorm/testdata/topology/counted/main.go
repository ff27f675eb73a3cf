// Counts words with as many splitters and counters as its first argument says; the other arguments are the files.
package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

func main() {
	tasks, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	b := gstorm.NewBuilder("counted").Set(gstorm.TopologyMaxSpoutPending, 1000)
	b.Spout("lines", func() gstorm.Spout { return gstorm.Reliable(lines) }).Output("default", "line")
	b.BoltFunc("split", split).Parallelism(tasks).From("lines", "", gstorm.Shuffle).Output("default", "word")
	b.Bolt("count", func() gstorm.Bolt { return count{} }).Parallelism(tasks).From("split", "", gstorm.FieldsGrouping, "word")
	plugin.Main(b.Topology())
}

func lines(context.Context, *gstorm.TaskContext) iter.Seq2[gstorm.Values, error] {
	return func(yield func(gstorm.Values, error) bool) {
		text, err := os.ReadFile(os.Args[2])
		if err != nil && !yield(nil, err) {
			return
		}
		for line := range strings.Lines(string(text)) {
			if !yield(gstorm.Values{strings.TrimSuffix(line, "\n")}, nil) {
				return
			}
		}
	}
}

var word = regexp.MustCompile("[a-z]+")

func split(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	line, err := t.String("line")
	for _, w := range word.FindAllString(strings.ToLower(line), -1) {
		out.Emit(w)
	}
	return err
}

type count map[string]int

func (c count) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	w, err := t.String("word")
	c[w]++
	return err
}

func (c count) Close(context.Context, *gstorm.Collector) error {
	for w, n := range c {
		fmt.Println(n, w)
	}
	return nil
}
