package trace

import (
	"hash/maphash"
	"math"
)

const (
	// widestGap bounds how many trees are passed over once one may be marked, so that it is not always the first of a batch.
	widestGap = 1024
	// followedRate is how many trees per second are marked as their message has failed before, and followedBurst how many at once.
	followedRate  = 20
	followedBurst = 20
	// mostFailed is how many failed messages are remembered, and longestID up to which length of their ids.
	mostFailed = 1024
	longestID  = 256
)

// Sampler says which trees of one spout task are traced: so many per second, and those of messages that have failed before. Times
// are in microseconds and do not go back. One goroutine at a time uses it. A nil Sampler traces none.
type Sampler struct {
	interval int64         // between two
	due      int64         // from when on one may be marked
	late     int64         // from when on it is the very next one, as there are few
	seen     int           // trees since the last gap was chosen
	gap      int           // trees to pass over, once it is due; below 0: that is not chosen yet
	random   func(int) int // less than its argument, and at least 0

	failed     map[any]struct{}
	order      []any // those in failed, oldest first, in a ring
	oldest     int
	allowance  float64 // trees of failed messages that may be marked
	allowanced int64   // when that was
}

// NewSampler returns one that marks up to rate trees per second; with a rate below 1 it is nil.
func NewSampler(rate int, random func(int) int) *Sampler {
	if rate < 1 {
		return nil
	}
	return &Sampler{
		interval: 1_000_000 / int64(rate), due: math.MinInt64, late: math.MinInt64, random: random, failed: map[any]struct{}{}, allowance: followedBurst,
	}
}

// Take reports whether a tree that begins now is to be traced. message says which message it is of; it is asked for only if some
// have failed. What is no message that could be known again is nil.
func (s *Sampler) Take(now int64, message func() any) bool {
	if s == nil {
		return false
	}
	if len(s.failed) > 0 && s.follows(now, message()) {
		return true
	}
	s.seen++
	if now < s.due {
		return false
	}
	if now < s.late {
		if s.gap < 0 {
			s.gap, s.seen = s.random(min(s.seen, widestGap)), 0
		}
		if s.gap--; s.gap >= 0 {
			return false
		}
	}
	s.due, s.gap = now+s.interval, -1
	s.late = s.due + s.interval
	return true
}

// follows reports whether the message has failed before, and may be traced for that.
func (s *Sampler) follows(now int64, message any) bool {
	if message == nil {
		return false
	}
	if _, ok := s.failed[message]; !ok {
		return false
	}
	s.allowance = min(followedBurst, s.allowance+followedRate*float64(now-s.allowanced)/1e6)
	s.allowanced = now
	if s.allowance < 1 {
		return false
	}
	s.allowance--
	return true
}

// Failed remembers that a message has failed.
func (s *Sampler) Failed(message any) {
	if s == nil || message == nil {
		return
	}
	if _, known := s.failed[message]; known {
		return
	}
	s.failed[message] = struct{}{}
	if len(s.order) < mostFailed {
		s.order = append(s.order, message)
		return
	}
	delete(s.failed, s.order[s.oldest])
	s.order[s.oldest] = message
	s.oldest = (s.oldest + 1) % mostFailed
}

// Acked forgets a message that was handled in the end.
func (s *Sampler) Acked(message any) {
	if s == nil || message == nil || len(s.failed) == 0 {
		return
	}
	delete(s.failed, message)
}

// Content is a tuple's values by which a message can be known again. 0: none.
type Content uint64

// mostOfContent is how much of a tuple is looked at for that, in bytes.
const mostOfContent = 512

var seed = maphash.MakeSeed()

// ContentOf is that of a tuple as it is written: as JSON, or packed. The libraries of gstorm give a message another id whenever they emit
// it, so their messages are known by this.
func ContentOf(text, packed []byte) Content {
	if packed != nil {
		text = packed
	}
	return Content(maphash.Bytes(seed, text[:min(len(text), mostOfContent)]) + uint64(len(text)))
}

// Message is what a message can be known again by; nil: nothing. value is the id that a spout in Go has given; of others their tuple
// counts.
func Message(content Content, value any) any {
	if content != 0 {
		return content
	}
	switch v := value.(type) {
	case string:
		if len(v) > longestID {
			return nil
		}
		return v
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return v
	}
	return nil
}
