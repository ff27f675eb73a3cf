// Counts words with as many splitters and counters as its first argument says; the other arguments are the files.
package main

import (
	"bufio"
	"context"
	"fmt"
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
	b.Spout("lines", func() gstorm.Spout { return &lines{pending: map[int]string{}} }).Output("default", "line")
	b.BoltFunc("split", split).Parallelism(tasks).From("lines", "", gstorm.Shuffle).Output("default", "word")
	b.Bolt("count", func() gstorm.Bolt { return count{} }).Parallelism(tasks).From("split", "", gstorm.FieldsGrouping, "word")
	plugin.Main(b.Topology())
}

type lines struct {
	file    *bufio.Scanner
	pending map[int]string
	failed  []int
	last    int
}

func (s *lines) Open(context.Context, *gstorm.TaskContext) error {
	file, err := os.Open(os.Args[2])
	s.file = bufio.NewScanner(file)
	return err
}

func (s *lines) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if n := len(s.failed); n > 0 {
		id := s.failed[n-1]
		s.failed = s.failed[:n-1]
		out.EmitID(id, "", s.pending[id])
		return nil
	}
	if !s.file.Scan() {
		return gstorm.ErrFinished
	}
	s.last++
	s.pending[s.last] = s.file.Text()
	out.EmitID(s.last, "", s.pending[s.last])
	return nil
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
