package trace

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func newSampler(rate int) *Sampler { return NewSampler(rate, rand.New(rand.NewPCG(1, 2)).IntN) }

func nobody() any { return nil }

// TestSoManyPerSecond: however fast trees begin, and never more.
func TestSoManyPerSecond(t *testing.T) {
	for _, test := range []struct {
		rate        int
		every       int64 // us between two trees
		least, most int   // of those traced in 100 s
	}{
		{1, 1_000_000, 99, 101}, {1, 10_000_000, 10, 10}, {1, 100, 45, 101}, {10, 1000, 450, 1001}, {1000, 50, 45_000, 100_001}, {1, 300_000, 45, 101},
	} {
		s, traced := newSampler(test.rate), 0
		for now := int64(0); now < 100_000_000; now += test.every {
			if s.Take(now, nobody) {
				traced++
			}
		}
		if traced < test.least || traced > test.most {
			t.Errorf("%d per second, a tree every %d us: %d in 100 s, expected %d to %d", test.rate, test.every, traced, test.least, test.most)
		}
	}
	if NewSampler(0, nil).Take(0, nobody) {
		t.Error("a rate of 0 traces")
	}
}

// TestWhatIsTracedIsSpread: not always the first of the batches that a spout emits.
func TestWhatIsTracedIsSpread(t *testing.T) {
	s, places := newSampler(1), map[int]int{}
	for batch := range int64(4000) {
		for i := range 100 {
			if s.Take(batch*1_000_000, nobody) {
				places[i/10]++
			}
		}
	}
	for tenth := range 10 {
		if places[tenth] < 100 {
			t.Errorf("of the tenths of a batch trees were traced so often: %v", places)
			break
		}
	}
}

// TestFailuresAreFollowed: the next tree of a message that has failed is traced, until it is acked; and not more of them than there
// is time for.
func TestFailuresAreFollowed(t *testing.T) {
	s := newSampler(1)
	s.Take(0, nobody)
	seven := func() any { return Message(ContentOf([]byte("[7]"), nil), nil) }
	if s.Take(1, seven) {
		t.Error("it has not failed")
	}
	s.Failed(seven())
	for now := range int64(2) {
		if !s.Take(2+now, seven) {
			t.Error("it has failed before")
		}
	}
	if s.Take(5, func() any { return Message(0, 7) }) {
		t.Error("7 of a spout in Go is another message")
	}
	s.Acked(seven())
	if s.Take(6, seven) {
		t.Error("it was acked")
	}
	traced := 0
	s.Failed(seven())
	for now := range int64(100_000) {
		if s.Take(100*now+10, seven) {
			traced++
		}
	}
	if traced > 10*followedRate+followedBurst+11 || traced < 10*followedRate {
		t.Errorf("in 10 s %d trees of one message were traced", traced)
	}
	for i := range 3 * mostFailed {
		s.Failed(i)
	}
	if len(s.failed) > mostFailed || len(s.order) > mostFailed {
		t.Errorf("%d failed messages are remembered", len(s.failed))
	}
	if s.Take(30_000_000, func() any { return 0 }); s.Take(30_000_000, func() any { return 0 }) || !s.Take(30_000_000, func() any { return 3*mostFailed - 1 }) {
		t.Error("not the last ones are remembered")
	}
}

func TestMessage(t *testing.T) {
	for _, unknown := range []any{nil, []int{1}, struct{ a []int }{}, 1.5, strings.Repeat("x", 300)} {
		if Message(0, unknown) != nil {
			t.Errorf("%v would be kept", unknown)
		}
	}
	if Message(0, "a") != "a" || Message(0, uint8(3)) != uint8(3) {
		t.Error("ids of spouts in Go are what they are")
	}
	long := []byte(strings.Repeat("x", 5000))
	if ContentOf(long, nil) != ContentOf(nil, []byte(strings.Repeat("x", 5000))) || ContentOf(long, nil) == ContentOf(long[1:], nil) || ContentOf(long[:7], nil) == ContentOf([]byte("xxxxxxy"), nil) {
		t.Error("tuples that differ are not told apart")
	}
}
