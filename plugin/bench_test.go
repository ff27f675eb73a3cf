package plugin

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/multilang"
)

// replayed is a host that has written everything beforehand and lets go of what it is told.
type replayed struct {
	io.Reader
	io.Writer
}

// BenchmarkSplit is what a sentence of eight words costs in a component's process, without the connection.
func BenchmarkSplit(b *testing.B) {
	greeting, err := multilang.AppendHandshake(nil, &multilang.Handshake{
		PidDir: b.TempDir(), Extension: multilang.OfferPacked(),
		Context: multilang.Context{
			TaskID: 2, ComponentID: "split", TaskComponents: map[int]string{1: "lines", 2: "split"},
			OutputFields: map[string][]string{"default": {"word"}},
			SourceFields: map[string]map[string][]string{"lines": {"default": {"line"}}},
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	in, to := io.Pipe()
	c := gstorm.Component{ID: "split", Kind: gstorm.BoltKind, Implementation: gstorm.Implementation{NewBolt: func() gstorm.Bolt {
		return gstorm.BoltFunc(func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
			line, err := t.String("line")
			for word := range strings.SplitSeq(line, " ") {
				out.Emit(word)
			}
			return err
		})
	}}}
	var conversing sync.WaitGroup
	conversing.Go(func() {
		if err := converse(context.Background(), replayed{in, io.Discard}, &c); err != nil {
			b.Error(err)
		}
	})
	_, _ = to.Write(greeting)
	const atOnce = 100
	b.ReportAllocs()
	b.ResetTimer()
	var frames []byte
	for n := 0; n < b.N; n += atOnce {
		frames = multilang.BeginPackedTuples(frames[:0], uint64(n+1), "lines", "default", 1)
		for range min(atOnce, b.N-n) {
			if frames, err = packed.AppendValues(frames, []any{"seven bright lamps burn over the old harbour"}); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := to.Write(multilang.EndPacked(frames, 0)); err != nil {
			b.Fatal(err)
		}
	}
	_ = to.Close()
	conversing.Wait()
}
