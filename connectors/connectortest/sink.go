package connectortest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
)

// Target is a place that a sink writes to, empty when a test begins.
type Target struct {
	// New makes a sink, not opened, that writes to the place. Tuples have one field, value, which is a text.
	New func() gstorm.Bolt
	// Read returns the texts that have arrived, those of each task in the order in which they did. It may be called at any
	// time.
	Read func() []string
	// Break makes the place refuse what is written from now on, until mend is called; nil: that is not tested.
	Break func() (mend func())
}

// Sink tests a bolt that writes to somewhere: what it acks has arrived, whatever happens then; what it fails is written
// when it comes again; nothing arrives more often than it came.
func Sink(t *testing.T, open func(t *testing.T) Target) {
	t.Helper()
	for name, test := range map[string]func(*sinkTest){
		"what comes arrives once and in order":     (*sinkTest).once,
		"what comes in batches does too":           (*sinkTest).batches,
		"what is acked has arrived":                (*sinkTest).arrived,
		"another one goes on behind it":            (*sinkTest).restart,
		"another one goes on after it died":        (*sinkTest).death,
		"what comes again arrives again at most":   (*sinkTest).replay,
		"what fails with its place is not lost":    (*sinkTest).broken,
		"two tasks do not disturb each other":      (*sinkTest).tasks,
		"awkward texts arrive as they are":         (*sinkTest).awkward,
		"ticks are nothing to write":               (*sinkTest).ticks,
		"it may end without having written at all": (*sinkTest).idle,
	} {
		t.Run(name, func(t *testing.T) { test(&sinkTest{T: t, target: open(t)}) })
	}
}

type sinkTest struct {
	*testing.T
	target Target
}

// begin makes and opens a sink.
func (s *sinkTest) begin(index, of int) gstorm.Bolt {
	s.Helper()
	b := s.target.New()
	openAs(s.T, b, Task(s.T, index, of))
	return b
}

// texts are n texts, no two the same.
func texts(name string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s %d", name, i)
	}
	return all
}

func tuples(texts []string) []*gstorm.Tuple {
	all := make([]*gstorm.Tuple, len(texts))
	for i, text := range texts {
		all[i] = Tuple(gstorm.Fields{"value"}, text)
	}
	return all
}

// give gives a sink tuples, one at a time or, if it takes them and asBatch says so, at once, and returns which it has
// acked.
func (s *sinkTest) give(b gstorm.Bolt, asBatch bool, texts ...string) []bool {
	s.Helper()
	acked := make([]bool, len(texts))
	var r Recorder
	batches, takesBatches := b.(gstorm.BatchBolt)
	if takesBatches && asBatch {
		err := batches.ExecuteBatch(s.Context(), tuples(texts), gstorm.NewCollector(&r))
		for i := range acked {
			acked[i] = err == nil
		}
		return acked
	}
	verdicts := make([]*verdict, len(texts))
	for i, tuple := range tuples(texts) {
		if takesBatches {
			verdicts[i] = &verdict{done: make(chan struct{})}
			verdicts[i].answer(batches.ExecuteBatch(s.Context(), []*gstorm.Tuple{tuple}, gstorm.NewCollector(&r)))
		} else {
			verdicts[i] = r.execute(s.Context(), b, tuple)
		}
	}
	limit, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	for i, v := range verdicts {
		select {
		case <-v.done:
			acked[i] = v.err == nil
		case <-limit.Done():
			s.Errorf("%q was not answered within %v", texts[i], patience)
		}
	}
	return acked
}

// mustGive gives tuples that have to be acked.
func (s *sinkTest) mustGive(b gstorm.Bolt, asBatch bool, texts ...string) {
	s.Helper()
	for i, ok := range s.give(b, asBatch, texts...) {
		if !ok {
			s.Fatalf("%q was failed", texts[i])
		}
	}
}

func (s *sinkTest) wrote(want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, append([]string(nil), s.target.Read()...)); diff != "" {
		s.Errorf("what has arrived (-want +got):\n%s", diff)
	}
}

func (s *sinkTest) once() {
	b := s.begin(0, 1)
	all := texts("a", 100)
	s.mustGive(b, false, all...)
	Close(s.T, b)
	s.wrote(all...)
}

func (s *sinkTest) batches() {
	b := s.begin(0, 1)
	if _, ok := b.(gstorm.BatchBolt); !ok {
		s.Skip("it takes no batches")
	}
	all := texts("a", 1000)
	for batch := range slices.Chunk(all, 64) {
		s.mustGive(b, true, batch...)
	}
	Close(s.T, b)
	s.wrote(all...)
}

func (s *sinkTest) arrived() {
	b := s.begin(0, 1)
	all := texts("a", 10)
	for i := range all {
		s.mustGive(b, i%2 == 0, all[i])
		s.wrote(all[:i+1]...)
	}
	Close(s.T, b)
}

func (s *sinkTest) restart() {
	all := texts("a", 30)
	for some := range slices.Chunk(all, 10) {
		b := s.begin(0, 1)
		s.mustGive(b, true, some...)
		Close(s.T, b)
	}
	s.wrote(all...)
}

// death leaves sinks without their Close, as the end of gstorm by force does.
func (s *sinkTest) death() {
	all := texts("a", 30)
	for some := range slices.Chunk(all, 10) {
		s.mustGive(s.begin(0, 1), true, some...)
	}
	s.wrote(all...)
}

func (s *sinkTest) replay() {
	b := s.begin(0, 1)
	s.mustGive(b, false, "a", "b", "a")
	Close(s.T, b)
	got := s.target.Read()
	if counts := count(got); counts["a"] < 1 || counts["a"] > 2 || counts["b"] != 1 || len(got) > 3 {
		s.Errorf("a, b and a again came, %q arrived", got)
	}
}

func (s *sinkTest) broken() {
	if s.target.Break == nil {
		s.Skip("the place can't be broken")
	}
	b := s.begin(0, 1)
	before, during, after := texts("before", 5), texts("during", 5), texts("after", 5)
	s.mustGive(b, true, before...)
	came := count(before)
	mend := s.target.Break()
	left := slices.Clone(during)
	for range 2 {
		acked := s.give(b, false, left...)
		var failed []string
		for i, text := range left {
			came[text]++
			if !acked[i] {
				failed = append(failed, text)
			}
		}
		left = failed
	}
	if len(left) != len(during) {
		s.Errorf("only %q failed while the place was broken: what was acked has arrived nowhere", left)
	}
	mend()
	deadline := time.Now().Add(patience)
	for len(left) > 0 { // it may fail once more, to find out
		acked := s.give(b, false, left[0])
		came[left[0]]++
		if acked[0] {
			left = left[1:]
		} else if time.Now().After(deadline) {
			s.Fatalf("%q is not acked although the place is whole again", left[0])
		}
	}
	s.mustGive(b, true, after...)
	Close(s.T, b)
	got := count(s.target.Read())
	for _, text := range slices.Concat(before, during, after) {
		if got[text] == 0 {
			s.Errorf("%q is lost", text)
		} else if got[text] > max(came[text], 1) {
			s.Errorf("%q came %d times and has arrived %d times", text, came[text], got[text])
		}
		delete(got, text)
	}
	for text := range got {
		s.Errorf("%q has arrived and never came", text)
	}
}

func (s *sinkTest) tasks() {
	sinks := []gstorm.Bolt{s.begin(0, 2), s.begin(1, 2)}
	names := []string{"a", "b"}
	var giving sync.WaitGroup
	for i, b := range sinks {
		giving.Go(func() {
			for batch := range slices.Chunk(texts(names[i], 200), 20) {
				if acked := s.give(b, true, batch...); slices.Contains(acked, false) {
					s.Errorf("%q: some were failed", batch)
				}
			}
		})
	}
	giving.Wait()
	for _, b := range sinks {
		Close(s.T, b)
	}
	got := s.target.Read()
	for _, name := range names {
		of := slices.DeleteFunc(slices.Clone(got), func(text string) bool { return !strings.HasPrefix(text, name+" ") })
		if diff := cmp.Diff(texts(name, 200), of); diff != "" {
			s.Errorf("of one task (-want +got):\n%s", diff)
		}
	}
	if len(got) != 400 {
		s.Errorf("%d have arrived, not 400", len(got))
	}
}

func (s *sinkTest) awkward() {
	b := s.begin(0, 1)
	all := []string{"", " ", "two\nlines", "dos\r\nlines\r", "tab\tand\\backslash\\n", "ünïcödé 漢字 🐄", `"quotes" <&>`, "\x00\x01", strings.Repeat("long ", 50_000)}
	s.mustGive(b, false, all...)
	Close(s.T, b)
	s.wrote(all...)
}

func (s *sinkTest) ticks() {
	b := s.begin(0, 1)
	s.mustGive(b, false, "a")
	if ticker, ok := b.(gstorm.Ticker); !ok {
		s.Error("it does not take ticks, so they would come as tuples to write")
	} else if err := ticker.Tick(s.Context(), gstorm.NewCollector(&Recorder{})); err != nil {
		s.Errorf("tick: %v", err)
	}
	Close(s.T, b)
	s.wrote("a")
}

func (s *sinkTest) idle() {
	Close(s.T, s.begin(0, 1))
	s.wrote()
}

func count(texts []string) map[string]int {
	counts := map[string]int{}
	for _, text := range texts {
		counts[text]++
	}
	return counts
}
