package gstorm_test

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/local"
)

// Lines is a spout that emits the lines of a text, and those that failed again.
type Lines struct {
	lines []string
	next  int
	again []int
}

func (s *Lines) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := s.next
	switch {
	case len(s.again) > 0:
		n, s.again = s.again[0], s.again[1:]
	case n < len(s.lines):
		s.next++
	default:
		return gstorm.ErrFinished
	}
	out.EmitID(n, "", s.lines[n])
	return nil
}

func (s *Lines) Ack(any)     {}
func (s *Lines) Fail(id any) { s.again = append(s.again, id.(int)) }

// Split emits the words of a line. What it emits is anchored to the line, which is acked when it returns nil.
func Split(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	line, err := t.String("line")
	if err != nil {
		return err
	}
	for word := range strings.FieldsSeq(line) {
		out.Emit(word)
	}
	return nil
}

// Count counts words. Each of its tasks has its own table.
type Count struct{ counts map[string]int }

func (c *Count) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	word, err := t.String("word")
	c.counts[word]++
	return err
}

func (c *Count) Close(context.Context, *gstorm.Collector) error {
	words := make([]string, 0, len(c.counts))
	for word := range c.counts {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Println(word, c.counts[word])
	}
	return nil
}

// A topology with a spout, a function as a bolt, and a bolt that remembers, run inside of the program.
func Example() {
	b := gstorm.NewBuilder("words")
	b.Spout("lines", func() gstorm.Spout { return &Lines{lines: []string{"to be or", "not to be"}} }).Output("default", "line")
	b.BoltFunc("split", Split).Parallelism(2).Output("default", "word").From("lines", "", gstorm.Shuffle)
	b.Bolt("count", func() gstorm.Bolt { return &Count{counts: map[string]int{}} }).From("split", "", gstorm.FieldsGrouping, "word")

	summary, err := local.Run(context.Background(), b.Topology(), local.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(summary.Trees.Acked, "lines handled")
	// Output:
	// be 2
	// not 1
	// or 1
	// to 2
	// 2 lines handled
}

// pairs joins every two tuples that it gets.
type pairs struct{ held []*gstorm.Held }

func (p *pairs) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	p.held = append(p.held, out.Hold(t))
	if len(p.held) < 2 {
		return nil
	}
	first, err := p.held[0].Tuple.String("line")
	if err != nil {
		return err
	}
	second, err := p.held[1].Tuple.String("line")
	if err != nil {
		return err
	}
	out.EmitAnchored(p.held, "", first+" + "+second)
	for _, h := range p.held {
		h.Ack()
	}
	p.held = nil
	return nil
}

// A bolt that answers its tuples later: what it emits is anchored to both tuples of a pair, so that both come again should
// it fail.
func ExampleCollector_Hold() {
	b := gstorm.NewBuilder("pairs")
	b.Spout("lines", func() gstorm.Spout { return &Lines{lines: []string{"a", "b", "c", "d"}} }).Output("default", "line")
	b.Bolt("pairs", func() gstorm.Bolt { return &pairs{} }).Output("default", "pair").From("lines", "", gstorm.Global)
	b.BoltFunc("print", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		pair, err := t.String("pair")
		fmt.Println(pair)
		return err
	}).From("pairs", "", gstorm.Global)
	if _, err := local.Run(context.Background(), b.Topology(), local.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// a + b
	// c + d
}

// table stands for a database.
type table struct{ rows []string }

func (t *table) Execute(ctx context.Context, tuple *gstorm.Tuple, out *gstorm.Collector) error {
	return t.ExecuteBatch(ctx, []*gstorm.Tuple{tuple}, out)
}

func (t *table) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, _ *gstorm.Collector) error {
	rows := make([]string, len(tuples))
	for i, tuple := range tuples {
		line, err := tuple.String("line")
		if err != nil {
			return err // fails all of them
		}
		rows[i] = line
	}
	t.rows = append(t.rows, rows...) // one insert for all
	return nil
}

// A bolt that takes at once what waits for it.
func ExampleBatchBolt() {
	db := &table{}
	b := gstorm.NewBuilder("insert")
	b.Spout("lines", func() gstorm.Spout { return &Lines{lines: []string{"a", "b", "c"}} }).Output("default", "line")
	b.Bolt("insert", func() gstorm.Bolt { return db }).From("lines", "", gstorm.Global)
	if _, err := local.Run(context.Background(), b.Topology(), local.Options{}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(db.rows)
	// Output: [a b c]
}

// rates reports once a minute how many tuples there were.
type rates struct {
	n    int
	task *gstorm.TaskContext
}

func (r *rates) Open(_ context.Context, task *gstorm.TaskContext) error {
	r.task = task
	return nil
}

func (r *rates) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
	r.n++
	return nil
}

func (r *rates) Tick(_ context.Context, out *gstorm.Collector) error {
	out.Emit(r.n)
	r.task.Metrics.Set("rate", r.n)
	r.n = 0
	return nil
}

// A bolt that wants ticks, and one that opens itself.
func ExampleTicker() {
	b := gstorm.NewBuilder("rates")
	b.Spout("lines", func() gstorm.Spout { return &Lines{} }).Output("default", "line")
	b.Bolt("rates", func() gstorm.Bolt { return &rates{} }).Set(gstorm.TopologyTickFreq, 60).
		Output("default", "n").From("lines", "", gstorm.Shuffle)
	fmt.Println(len(b.Topology().Validate(nil).Errors()), "errors")
	// Output: 0 errors
}
