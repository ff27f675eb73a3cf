// Counts the words of the files given after --, or of harbour.txt:
//
//	gstorm run examples/01-word-count/word_count.go
//	gstorm run examples/01-word-count/word_count.go -- some.txt other.txt
//
// Every line is a tuple that gstorm tracks: should a splitter or a counter fail, the line is sent again.
package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

func main() {
	b := gstorm.NewBuilder("word-count")
	b.Set(gstorm.TopologyMaxSpoutPending, 1000)
	b.Spout("lines", func() gstorm.Spout { return gstorm.Reliable(lines) }).Output("default", "line")
	b.BoltFunc("split", split).Parallelism(2).From("lines", "", gstorm.Shuffle).Output("default", "word")
	b.Bolt("count", func() gstorm.Bolt { return &count{counts: map[string]int{}} }).
		Parallelism(2).From("split", "", gstorm.FieldsGrouping, "word").Output("default", "word", "count")
	b.Bolt("report", func() gstorm.Bolt { return &report{} }).From("count", "", gstorm.Global)
	plugin.Main(b.Topology())
}

// lines yields every line of the files. The run ends when it has returned and every line has been handled.
func lines(context.Context, *gstorm.TaskContext) iter.Seq2[gstorm.Values, error] {
	files := os.Args[1:]
	if len(files) == 0 {
		_, here, _, _ := runtime.Caller(0)
		files = []string{filepath.Join(filepath.Dir(here), "harbour.txt")}
	}
	return func(yield func(gstorm.Values, error) bool) {
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil && !yield(nil, err) {
				return
			}
			for line := range strings.Lines(strings.ToValidUTF8(string(text), "\uFFFD")) {
				if !yield(gstorm.Values{strings.TrimSuffix(line, "\n")}, nil) {
					return
				}
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

type count struct{ counts map[string]int }

func (c *count) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	w, err := t.String("word")
	c.counts[w]++
	return err
}

// Close emits what reaches report before that is closed.
func (c *count) Close(_ context.Context, out *gstorm.Collector) error {
	for w, n := range c.counts {
		out.Emit(w, n)
	}
	return nil
}

type row struct {
	word  string
	count int64
}

type report struct{ rows []row }

func (r *report) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	w, err := t.String("word")
	if err != nil {
		return err
	}
	n, err := t.Int("count")
	r.rows = append(r.rows, row{w, n})
	return err
}

func (r *report) Close(context.Context, *gstorm.Collector) error {
	slices.SortFunc(r.rows, func(a, b row) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.word, b.word)) })
	for _, row := range r.rows {
		fmt.Printf("%7d %s\n", row.count, row.word)
	}
	return nil
}
