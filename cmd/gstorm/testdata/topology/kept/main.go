// Writes every word to a file before it is acked, so that what was lost can be counted. Arguments: a folder, a text.
// Every process of a splitter, a sink or a spout leaves its id in FOLDER/pids.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/plugin"
)

func main() {
	plugin.Main(topology("BoltsDie", "remembering", func() gstorm.Spout { return &remembering{} }),
		topology("SpoutDies", "noting", func() gstorm.Spout { return &noting{} }))
}

func topology(name, spout string, make func() gstorm.Spout) *gstorm.Topology {
	b := gstorm.NewBuilder(name).Set(gstorm.TopologyMaxSpoutPending, 50)
	b.Spout(spout, make).Output("default", "line")
	b.Bolt("split", func() gstorm.Bolt { return split{} }).Parallelism(2).From(spout, "", gstorm.Shuffle).Output("default", "word")
	b.Bolt("sink", func() gstorm.Bolt { return &sink{} }).Parallelism(2).From("split", "", gstorm.FieldsGrouping, "word")
	return b.Topology()
}

func folder(name ...string) string { return filepath.Join(append([]string{os.Args[1]}, name...)...) }

func leavePID(component string) error {
	return os.WriteFile(folder("pids", component+"."+strconv.Itoa(os.Getpid())), nil, 0o666)
}

func text() ([]string, error) {
	content, err := os.ReadFile(os.Args[2])
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n"), err
}

// remembering replays by itself, from memory.
type remembering struct {
	lines []string
	next  int
	again []int
}

func (s *remembering) Open(context.Context, *gstorm.TaskContext) (err error) {
	s.lines, err = text()
	return err
}

func (s *remembering) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := s.next
	switch {
	case len(s.again) > 0:
		n, s.again = s.again[0], s.again[1:]
	case n == len(s.lines):
		return gstorm.ErrFinished
	default:
		s.next++
	}
	out.EmitID(n, "", s.lines[n])
	return nil
}

func (s *remembering) Ack(any)     {}
func (s *remembering) Fail(id any) { s.again = append(s.again, id.(int)) }

// noting survives its own death: it notes up to which line everything was acked, and begins there.
type noting struct {
	remembering
	acked   map[int]bool
	ackedTo int
}

func (s *noting) Open(ctx context.Context, task *gstorm.TaskContext) error {
	if err := leavePID("noting"); err != nil {
		return err
	}
	s.acked = map[int]bool{}
	if content, err := os.ReadFile(folder("offset")); err == nil {
		if s.ackedTo, err = strconv.Atoi(string(content)); err != nil {
			return err
		}
	}
	s.next = s.ackedTo
	return s.remembering.Open(ctx, task)
}

func (s *noting) Ack(id any) {
	s.acked[id.(int)] = true
	for s.acked[s.ackedTo] {
		delete(s.acked, s.ackedTo)
		s.ackedTo++
	}
	if err := os.WriteFile(folder("offset.new"), []byte(strconv.Itoa(s.ackedTo)), 0o666); err != nil {
		panic(err)
	}
	if err := os.Rename(folder("offset.new"), folder("offset")); err != nil {
		panic(err)
	}
}

var word = regexp.MustCompile("[a-z]+")

type split struct{}

func (split) Open(context.Context, *gstorm.TaskContext) error { return leavePID("split") }

func (split) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	line, err := t.String("line")
	for _, w := range word.FindAllString(strings.ToLower(line), -1) {
		out.Emit(w)
	}
	return err
}

type sink struct{ file *os.File }

func (s *sink) Open(context.Context, *gstorm.TaskContext) (err error) {
	if err := leavePID("sink"); err != nil {
		return err
	}
	s.file, err = os.OpenFile(folder(fmt.Sprintf("words.%d", os.Getpid())), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	return err
}

func (s *sink) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	w, err := t.String("word")
	if err == nil {
		_, err = s.file.WriteString(w + "\n")
	}
	return err
}
