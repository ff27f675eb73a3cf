package child

import "time"

// What a zero Restarts uses.
const (
	DefaultMaxRestarts    = 5
	DefaultFirstRestart   = 10 * time.Millisecond
	DefaultLongestRestart = 5 * time.Second
	DefaultForgetRestarts = 10 * time.Minute
)

// Restarts is the policy for one task whose process dies: how long to wait before the next start, and when to give up.
// A death is fruitless when the process that died had brought nothing to an end (the host's judgement: an ack, a fail, an
// emit, a finished command). Only fruitless deaths in a row make the wait longer and open the breaker, so a component
// that dies now and then under load is restarted at once for ever, and one that can not start is given up within a
// second.
//
// The zero value is ready to use. Not safe for concurrent use.
type Restarts struct {
	Max     int           // fruitless deaths in a row that open the breaker; 0: DefaultMaxRestarts, below 0: never
	First   time.Duration // wait after the first death, doubled after each further one; 0: DefaultFirstRestart
	Longest time.Duration // no wait is longer; 0: DefaultLongestRestart
	Forget  time.Duration // a death that long after the one before begins a new row; 0: DefaultForgetRestarts

	fruitless int
	last      time.Time
}

// Died notes a death and says how long to wait before the next start, or that there should be none (open). The wait lies
// between half the nominal one and all of it, by jitter in [0,1), so that tasks that died together do not start
// together. A breaker that is open stays open until a death after progress, or one after Forget.
func (r *Restarts) Died(now time.Time, progressed bool, jitter float64) (wait time.Duration, open bool) {
	if progressed || now.Sub(r.last) >= or(r.Forget, DefaultForgetRestarts) {
		r.fruitless = 0
	}
	r.last = now
	nominal := r.nominal()
	if !progressed {
		r.fruitless++
	}
	if limit := or(r.Max, DefaultMaxRestarts); limit > 0 && r.fruitless >= limit {
		return 0, true
	}
	return nominal/2 + time.Duration(jitter*float64(nominal/2)), false
}

// Fruitless is the number of fruitless deaths in a row so far, for messages.
func (r *Restarts) Fruitless() int { return r.fruitless }

// nominal doubles step by step instead of shifting, which would overflow after some fifty deaths.
func (r *Restarts) nominal() time.Duration {
	wait, longest := or(r.First, DefaultFirstRestart), or(r.Longest, DefaultLongestRestart)
	for range r.fruitless {
		if wait >= longest {
			break
		}
		wait *= 2
	}
	return min(wait, longest)
}

// or is v, or the default where v is zero.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
