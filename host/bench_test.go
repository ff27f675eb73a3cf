package host_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
)

// sentences is a spout of n sentences of 7.8 words, each with an id.
type sentences struct{ next, n int }

var sentencesText = []string{
	"the cow jumped over the moon", "an apple a day keeps the doctor away",
	"four score and seven years ago", "snow white and the seven dwarfs", "i am at two with nature",
}

func (s *sentences) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if s.next == s.n {
		return gstorm.ErrFinished
	}
	out.EmitID(s.next, "", sentencesText[s.next%len(sentencesText)])
	s.next++
	return nil
}

// splitter emits the words of a sentence.
func splitter(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	s, err := t.String("sentence")
	if err != nil {
		return err
	}
	for i := strings.IndexByte(s, ' '); i >= 0; i = strings.IndexByte(s, ' ') {
		out.Emit(s[:i])
		s = s[i+1:]
	}
	out.Emit(s)
	return nil
}

// wordCount counts words.
type wordCount struct{ counts map[string]*int }

func (w *wordCount) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	word, err := t.String("word")
	if n := w.counts[word]; n != nil {
		*n++
	} else {
		w.counts[word] = new(int)
		*w.counts[word] = 1
	}
	return err
}

func (w *wordCount) sum() (words int) {
	for _, n := range w.counts {
		words += *n
	}
	return words
}

// runBenchmark runs a topology that handles b.N sentences.
func runBenchmark(b *testing.B, t *gstorm.Builder, o host.Options) {
	b.Helper()
	p, err := plan.Build(t.Topology(), "", nil)
	if err != nil {
		b.Fatal(err)
	}
	o.Plan, o.Logger, o.Seed = p, slog.New(slog.NewTextHandler(io.Discard, nil)), 1
	if o.Launch == nil {
		o.Launch = func(*plan.Component) (host.Launch, error) { return host.Launch{}, nil }
	}
	w, err := host.New(o)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	begin := time.Now()
	if err := w.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "sentences/s")
}

// wordCountTopology counts the words of n sentences.
func wordCountTopology(n int, counts *wordCount, ackers int) *gstorm.Builder {
	t := gstorm.NewBuilder("wc")
	t.Set(gstorm.TopologyMaxSpoutPending, 10_000).Set(gstorm.TopologyAckerExecutors, ackers)
	t.Spout("sentences", func() gstorm.Spout { return &sentences{n: n} }).Output("default", "sentence")
	t.Bolt("split", func() gstorm.Bolt { return boltFunc(splitter) }).
		Output("default", "word").From("sentences", "", gstorm.Shuffle)
	t.Bolt("count", func() gstorm.Bolt { return counts }).From("split", "", gstorm.FieldsGrouping, "word")
	return t
}

// BenchmarkWordCount measures components in Go: sentences through a spout, a splitter and a counter, with acking and
// without.
func BenchmarkWordCount(b *testing.B) {
	for name, ackers := range map[string]int{"acked": 1, "unacked": 0} {
		b.Run(name, func(b *testing.B) {
			counts := &wordCount{counts: map[string]*int{}}
			t := wordCountTopology(b.N, counts, ackers)
			runBenchmark(b, t, host.Options{})
			want := 0
			for i := range b.N {
				want += len(strings.Fields(sentencesText[i%len(sentencesText)]))
			}
			if words := counts.sum(); words != want {
				b.Fatalf("%d words were counted, want %d", words, want)
			}
		})
	}
}
