package host_test

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/multilang"
)

// splitters starts children in memory that take batches and split every sentence into the same eight words, at next to no
// cost: what is left is the host's own.
type splitters struct{ packed bool }

func (s splitters) Start(context.Context, child.Spec) (host.Process, error) {
	r, w := io.Pipe()
	p := &splitterChild{out: make(chan []byte, 4), w: w, done: make(chan struct{}), extension: multilang.Offer()}
	p.reader = multilang.NewReader(r, multilang.ReaderOptions{})
	p.reader.Batches()
	if s.packed {
		p.extension = multilang.OfferPacked()
		p.reader.Packed()
	}
	go p.pump()
	p.out <- []byte(`{"pid":1,"gstorm":{"v":1,"features":["batch"]}}` + "\nend\n")
	return p, nil
}

func (splitters) Close() error { return nil }

// splitterChild is one of them.
type splitterChild struct {
	out       chan []byte
	w         *io.PipeWriter
	reader    *multilang.Reader
	extension *multilang.Extension
	anchor    [1]uint64
	once      sync.Once
	done      chan struct{}
}

// pump writes what the child says.
func (p *splitterChild) pump() {
	for text := range p.out {
		_, _ = p.w.Write(text)
	}
	p.w.Close()
	close(p.done)
}

// Write answers each frame with the words of its tuples and their acks.
func (p *splitterChild) Write(frames []byte) error {
	if p.extension.Has(multilang.FeaturePacked) {
		return p.writePacked(frames)
	}
	var out []byte
	for frame := range bytes.SplitSeq(bytes.TrimSuffix(frames, []byte("\nend\n")), []byte("\nend\n")) {
		rest, ok := bytes.CutPrefix(frame, []byte(`{"first":`))
		if !ok {
			continue
		}
		number, _, _ := bytes.Cut(rest, []byte(","))
		first, _ := strconv.Atoi(string(number))
		tuples := bytes.Count(rest, []byte(`["`))
		out = append(out, `{"command":"batch","emits":[{"tuples":[`...)
		for id := first; id < first+tuples; id++ {
			if id > first {
				out = append(out, ',')
			}
			out = append(out, '[')
			out = strconv.AppendInt(out, int64(id), 10)
			out = append(out, `,["seven"],["bright"],["lamps"],["burn"],["over"],["the"],["old"],["harbour"]]`...)
		}
		out = append(out, `]}],"acks":[[`...)
		out = strconv.AppendInt(out, int64(first), 10)
		out = append(out, ',')
		out = strconv.AppendInt(out, int64(first+tuples-1), 10)
		out = append(out, "]]}\nend\n"...)
	}
	if len(out) > 0 {
		p.out <- out
	}
	return nil
}

// writePacked is Write of a child that is spoken to in packed frames.
func (p *splitterChild) writePacked(frames []byte) error {
	in := multilang.NewHostReader(bytes.NewReader(frames))
	var said multilang.PackedBatch
	for {
		frame, packed, err := in.Next()
		if err != nil {
			break
		}
		var tuples multilang.PackedTuples
		if !packed || tuples.Read(frame) != nil {
			continue
		}
		for id := tuples.First; ; id++ {
			_, ok, err := tuples.Next()
			if err != nil || !ok {
				break
			}
			p.anchor[0] = id
			for _, word := range eightWords {
				if err := said.Emit("default", 0, p.anchor[:], 0, word); err != nil {
					return err
				}
			}
			said.Ack(id)
		}
	}
	if out := said.Take(nil); len(out) > 0 {
		p.out <- out
	}
	return nil
}

var eightWords = [8][]any{{"seven"}, {"bright"}, {"lamps"}, {"burn"}, {"over"}, {"the"}, {"old"}, {"harbour"}}

func (p *splitterChild) Recv(m *multilang.Message) error {
	if err := p.reader.Next(m); err != nil {
		<-p.done
		return p.Death()
	}
	return nil
}

func (p *splitterChild) CloseInput() error {
	p.once.Do(func() { close(p.out) })
	return nil
}

func (p *splitterChild) Stop(context.Context) *child.Death { _ = p.CloseInput(); return p.Death() }
func (p *splitterChild) Kill(string)                       { _ = p.CloseInput() }
func (p *splitterChild) Death() *child.Death               { return &child.Death{Phase: child.PhaseStop} }
func (p *splitterChild) Linger()                           {}
func (p *splitterChild) TryWrite([]byte) bool              { return false }
func (p *splitterChild) Buffered() bool                    { return p.reader.Buffered() }
func (p *splitterChild) Extension() *multilang.Extension   { return p.extension }
func (p *splitterChild) PID() int                          { return 1 }
func (p *splitterChild) Done() <-chan struct{}             { return p.done }
func (p *splitterChild) LastHeard() time.Time              { return time.Now() }
func (p *splitterChild) CPUTime() (child.CPUTime, bool)    { return child.CPUTime{}, false }
func (p *splitterChild) Usage() child.Usage                { return child.Usage{} }
func (p *splitterChild) Reported(string, string, int)      {}

// BenchmarkChildSplit measures the host's own cost of a bolt in a child that takes batches, between a spout and a counter in
// Go: sentences of eight words, acked.
func BenchmarkChildSplit(b *testing.B) {
	b.Run("json", func(b *testing.B) { childSplit(b, false) })
	b.Run("packed", func(b *testing.B) { childSplit(b, true) })
}

func childSplit(b *testing.B, packed bool) {
	counts := &wordCount{counts: map[string]*int{}}
	t := gstorm.NewBuilder("wc")
	t.Set(gstorm.TopologyMaxSpoutPending, 1000)
	t.Spout("sentences", func() gstorm.Spout { return &sentences{n: b.N} }).Output("default", "sentence")
	t.ShellBolt("split", "split").Output("default", "word").From("sentences", "", gstorm.Shuffle)
	t.Bolt("count", func() gstorm.Bolt { return counts }).From("split", "", gstorm.FieldsGrouping, "word")
	launch := func(*plan.Component) (host.Launch, error) {
		return host.Launch{Command: []string{"split"}, Packed: packed}, nil
	}
	runBenchmark(b, t, host.Options{Starter: splitters{packed}, Launch: launch})
	if words := counts.sum(); words != 8*b.N {
		b.Fatalf("%d words were counted, want %d", words, 8*b.N)
	}
}
