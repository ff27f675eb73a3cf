package tap

import "time"

// Allowance is so much per second. What is not used is kept, up to a limit; what is used beyond has to come in first. One
// goroutine at a time uses it.
type Allowance struct {
	perSecond, most, left float64
	at                    time.Time
}

// NewAllowance is a full one at a moment.
func NewAllowance(perSecond, most float64, now time.Time) *Allowance {
	return &Allowance{perSecond: perSecond, most: most, left: most, at: now}
}

// Left is how much there is now; below 0, so much too much was used.
func (a *Allowance) Left(now time.Time) float64 {
	if passed := now.Sub(a.at); passed > 0 {
		a.left = min(a.left+a.perSecond*passed.Seconds(), a.most)
		a.at = now
	}
	return a.left
}

// Use takes so much, whether it is there or not.
func (a *Allowance) Use(amount float64) { a.left -= amount }

// Take takes 1, if it is there.
func (a *Allowance) Take(now time.Time) bool {
	if a.Left(now) < 1 {
		return false
	}
	a.left--
	return true
}
