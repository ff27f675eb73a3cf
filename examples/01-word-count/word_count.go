// Counts the words of the files given after --, or of harbour.txt:
//
//	gstorm run examples/01-word-count/word_count.go
//	gstorm run examples/01-word-count/word_count.go -- some.txt other.txt
//
// Every line is a tuple that gstorm tracks: should a splitter or a counter fail, the line is sent again.
package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
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
	b.Spout("lines", func() gstorm.Spout { return &lines{} }).Output("default", "line")
	b.BoltFunc("split", split).Parallelism(2).From("lines", "", gstorm.Shuffle).Output("default", "word")
	b.Bolt("count", func() gstorm.Bolt { return &count{counts: map[string]int{}} }).
		Parallelism(2).From("split", "", gstorm.FieldsGrouping, "word").Output("default", "word", "count")
	b.Bolt("report", func() gstorm.Bolt { return &report{} }).From("count", "", gstorm.Global)
	plugin.Main(b.Topology())
}

// lines emits every line of its files, and again what has failed.
type lines struct {
	files   []string
	file    *os.File
	scanner *bufio.Scanner
	pending map[int]string // by number
	failed  []int
	last    int
}

func (s *lines) Open(context.Context, *gstorm.TaskContext) error {
	s.pending = map[int]string{}
	s.files = os.Args[1:]
	if len(s.files) == 0 {
		_, here, _, _ := runtime.Caller(0)
		s.files = []string{filepath.Join(filepath.Dir(here), "harbour.txt")}
	}
	return nil
}

func (s *lines) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if n := len(s.failed); n > 0 {
		id := s.failed[n-1]
		s.failed = s.failed[:n-1]
		out.EmitID(id, "", s.pending[id])
		return nil
	}
	line, err := s.read()
	if err != nil {
		return err // the run ends when that is ErrFinished and every line has been handled
	}
	s.last++
	s.pending[s.last] = line
	out.EmitID(s.last, "", line)
	return nil
}

func (s *lines) read() (string, error) {
	for {
		if s.scanner != nil && s.scanner.Scan() {
			return strings.ToValidUTF8(s.scanner.Text(), "\uFFFD"), nil
		}
		if s.scanner != nil {
			if err := s.scanner.Err(); err != nil {
				return "", fmt.Errorf("read %s: %w", s.file.Name(), err)
			}
			s.file.Close()
			s.scanner = nil
		}
		if len(s.files) == 0 {
			return "", gstorm.ErrFinished
		}
		var err error
		if s.file, err = os.Open(s.files[0]); err != nil {
			return "", err
		}
		s.files, s.scanner = s.files[1:], bufio.NewScanner(s.file)
	}
}

func (s *lines) Ack(id any)  { delete(s.pending, id.(int)) }
func (s *lines) Fail(id any) { s.failed = append(s.failed, id.(int)) }

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
