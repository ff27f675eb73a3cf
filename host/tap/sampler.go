package tap

import (
	"math/rand/v2"
	"sync/atomic"
)

// widestGap bounds how many tuples are passed over between two that are taken. With it a token costs those who emit no more than
// so many additions.
const widestGap = 128

// Sampler says which tuples are taken. Its tokens are handed out by one goroutine, a few at a time; all others ask for each
// tuple, which costs one look at memory that is seldom written while there are none.
type Sampler struct {
	tokens atomic.Int64
	gap    atomic.Int64 // tuples that are passed over before the next one is taken
	stride atomic.Int64 // how wide gaps are in the mean
}

// Allow hands out so many tokens, of which never more than most are there. seen is how many tuples there were lately, in the
// time that these tokens are for: with more of them than tokens, those that are taken are spread over as many. Without that they
// would be the first of each batch, always.
func (s *Sampler) Allow(tokens, most int64, seen uint64) {
	stride := int64(0)
	if tokens > 0 && seen > uint64(tokens) {
		stride = int64(min(seen/uint64(tokens)-1, widestGap))
	}
	s.stride.Store(stride)
	if s.gap.Load() > 2*stride {
		s.gap.Store(0)
	}
	if tokens = min(tokens, most-s.tokens.Load()); tokens > 0 {
		s.tokens.Add(tokens)
	}
}

// Take reports whether a tuple is to be taken. Any goroutine may ask; it never waits.
func (s *Sampler) Take() bool {
	if s.tokens.Load() <= 0 || s.gap.Add(-1) >= 0 {
		return false
	}
	if s.tokens.Add(-1) < 0 { // another was faster
		s.tokens.Add(1)
		return false
	}
	if stride := s.stride.Load(); stride > 0 {
		s.gap.Store(rand.Int64N(2*stride + 1))
	}
	return true
}
