// Command connect is the word count on Redpanda Connect's engine: sentences from memory, split by a Python program that its
// subprocess processor feeds, line by line, and counted in Go. It prints a measure.Result as JSON. It is a module of its own
// so that gstorm's has nothing of it.
//
//	connect WARM SECONDS BATCH BEGUN COMPONENTS SPLITTER
//
// WARM and SECONDS are durations, BATCH is how many sentences come at a time, BEGUN is when the process was started, in ms
// since 1970.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"   // subprocess
	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // unarchive
	"github.com/redpanda-data/benthos/v4/public/service"
	"golang.org/x/sync/errgroup"

	"github.com/gstorm/gstorm/bench/measure"
)

// atOnce is how many batches may be on their way: more than one, or the engine would wait for each.
const atOnce = 8

const quarters = 4

func main() {
	result, err := run(os.Args[1:])
	if err != nil {
		result.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil || result.Error != "" {
		os.Exit(1)
	}
}

// options are the arguments.
type options struct {
	warm, measured time.Duration
	batch          int
	begun          time.Time
	text           measure.Text
	splitter       string
}

func readOptions(arguments []string) (o options, err error) {
	if len(arguments) != 6 {
		return o, errors.New("six arguments are expected")
	}
	var begun int64
	var errs [5]error
	o.warm, errs[0] = time.ParseDuration(arguments[0])
	o.measured, errs[1] = time.ParseDuration(arguments[1])
	o.batch, errs[2] = strconv.Atoi(arguments[2])
	begun, errs[3] = strconv.ParseInt(arguments[3], 10, 64)
	o.text, errs[4] = measure.ReadText(arguments[4])
	o.begun, o.splitter = time.UnixMilli(begun), arguments[5]
	return o, errors.Join(errs[:]...)
}

// load is a run of the engine.
type load struct {
	options
	counts  map[string]uint64 // the consumer's
	words   atomic.Uint64
	emitted atomic.Uint64
	acked   atomic.Uint64
	over    atomic.Bool
}

func run(arguments []string) (measure.Result, error) {
	o, err := readOptions(arguments)
	if err != nil {
		return measure.Result{}, err
	}
	l := &load{options: o, counts: map[string]uint64{}}
	stream, send, err := l.stream()
	if err != nil {
		return measure.Result{}, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- stream.Run(ctx) }()
	var producers errgroup.Group
	for range atOnce {
		producers.Go(func() error { return l.produce(ctx, send) })
	}
	result := l.measure()
	l.over.Store(true)
	if err := producers.Wait(); err != nil {
		return result, err
	}
	cancel()
	<-ended // it was told to end
	result.Emitted, result.Counted = l.emitted.Load(), measure.Sum(l.counts)
	return result, measure.Check(l.text.Counts(result.Emitted), l.counts)
}

// stream builds the engine's stream.
func (l *load) stream() (*service.Stream, service.MessageBatchHandlerFunc, error) {
	b := service.NewStreamBuilder()
	b.SetThreads(1) // one splitter
	send, err := b.AddBatchProducerFunc()
	if err != nil {
		return nil, nil, err
	}
	splitter := fmt.Sprintf("subprocess: {name: python3, args: [%q]}", l.splitter)
	for _, processor := range []string{splitter, "unarchive: {format: json_array}"} {
		if err := b.AddProcessorYAML(processor); err != nil {
			return nil, nil, err
		}
	}
	if err := errors.Join(b.AddBatchConsumerFunc(l.count), b.SetLoggerYAML("level: ERROR")); err != nil {
		return nil, nil, err
	}
	s, err := b.Build()
	return s, send, err
}

// produce emits batches of sentences, each when the one before has been acked.
func (l *load) produce(ctx context.Context, send service.MessageBatchHandlerFunc) error {
	for !l.over.Load() {
		end := l.emitted.Add(uint64(l.batch))
		var batch service.MessageBatch
		for n := end - uint64(l.batch); n < end; n++ {
			batch = append(batch, service.NewMessage([]byte(l.text[n%uint64(len(l.text))])))
		}
		if err := send(ctx, batch); err != nil {
			return err
		}
		l.acked.Add(uint64(l.batch))
	}
	return nil
}

// count counts words. The engine calls it from one goroutine.
func (l *load) count(_ context.Context, batch service.MessageBatch) error {
	for _, m := range batch {
		value, err := m.AsStructured()
		if err != nil {
			return err
		}
		word, ok := value.(string)
		if !ok {
			return fmt.Errorf("%v is no word", value)
		}
		l.counts[word]++
	}
	l.words.Add(uint64(len(batch)))
	return nil
}

// moment is how far the run has come.
type moment struct {
	at             time.Time
	acked, words   uint64
	self, children measure.Usage
}

func (l *load) look() moment {
	return moment{time.Now(), l.acked.Load(), l.words.Load(), measure.Self(), measure.Children()}
}

func (l *load) measure() (r measure.Result) {
	for l.acked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	r.Engine, r.Start = "connect", float64(time.Since(l.begun).Microseconds())/1000
	time.Sleep(l.warm)
	first := l.look()
	last, rates := first, make([]float64, quarters)
	for i := range rates {
		time.Sleep(l.measured / quarters)
		now := l.look()
		rates[i] = float64(now.acked-last.acked) / now.at.Sub(last.at).Seconds()
		last = now
	}
	seconds := last.at.Sub(first.at).Seconds()
	r.Sentences = float64(last.acked-first.acked) / seconds
	r.Tuples = r.Sentences + float64(last.words-first.words)/seconds
	r.Slowest, r.Fastest = slices.Min(rates), slices.Max(rates)
	r.CPU = (last.self.CPU - first.self.CPU).Seconds() / seconds
	r.ChildCPU = (last.children.CPU - first.children.CPU).Seconds() / seconds
	r.RSS, r.ChildRSS = last.self.RSS, last.children.RSS
	return r
}
