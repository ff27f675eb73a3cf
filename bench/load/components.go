package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/bench/measure"
)

// sentences is a spout that emits sentences in turn, each with an id: as fast as it is asked, or each when it is due.
type sentences struct {
	*tally
	text     measure.Text
	interval time.Duration // 0: as fast as it is asked

	emitted uint64
	began   time.Time
	latency *hdrhistogram.Histogram // in nanoseconds
	pending int
}

// longest is the longest latency that is told apart from longer ones.
const longest = int64(time.Minute)

func newSentences(t *tally, text measure.Text, rate int) *sentences {
	s := &sentences{tally: t, text: text}
	if rate > 0 {
		s.interval = time.Second / time.Duration(rate)
		s.latency = hdrhistogram.New(1, longest, 3)
	}
	return s
}

// Next emits one sentence. At a rate it waits for when the sentence is due, but only while no ack can come meanwhile: it
// would be told late.
func (s *sentences) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if s.interval == 0 {
		out.EmitID(s.emitted, "", s.text[s.emitted%uint64(len(s.text))])
		s.emitted++
		return nil
	}
	if s.emitted == 0 {
		s.began = time.Now()
	}
	due := time.Duration(s.emitted) * s.interval
	if early := due - time.Since(s.began); early > 0 {
		if s.pending > 0 {
			return nil
		}
		pause(early)
	}
	out.EmitID(due, "", s.text[s.emitted%uint64(len(s.text))])
	s.emitted++
	s.pending++
	return nil
}

// Ack measures how long after its time a sentence was done.
func (s *sentences) Ack(id any) {
	if due, ok := id.(time.Duration); ok {
		s.pending--
		if s.recording.Load() {
			_ = s.latency.RecordValue(min(int64(time.Since(s.began)-due), longest)) // it is in range
		}
	}
}

// Fail leaves the failure to the host's own count, which the run looks at.
func (s *sentences) Fail(any) { s.pending-- }

// Close hands over what the spout has measured.
func (s *sentences) Close(context.Context, *gstorm.Collector) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spouts = append(s.spouts, s.emitted)
	if s.latency != nil {
		s.latencies.Merge(s.latency)
	}
	return nil
}

// gate is a bolt that takes nothing until it is opened.
type gate struct{ open <-chan struct{} }

func (g gate) Execute(ctx context.Context, _ *gstorm.Tuple, _ *gstorm.Collector) error {
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report takes in what the count bolts say at their end.
type report struct{ *tally }

func (r report) Execute(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	word, err := t.String("word")
	if err != nil {
		return err
	}
	n, err := t.Int("count")
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words[word] += uint64(n)
	return nil
}

// tally is what the components of this process have found out together.
type tally struct {
	recording atomic.Bool

	mu        sync.Mutex
	spouts    []uint64          // how many sentences each native spout has emitted
	words     map[string]uint64 // as they were counted
	latencies *hdrhistogram.Histogram
}

func newTally() *tally {
	return &tally{words: map[string]uint64{}, latencies: hdrhistogram.New(1, longest, 3)}
}
