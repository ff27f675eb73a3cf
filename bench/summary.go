package main

import (
	"math"
	"slices"

	"github.com/gstorm/gstorm/bench/measure"
)

// spread is what a figure was in several rounds.
type spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) *spread {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return &spread{Min: sorted[0], Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Max: sorted[n-1]}
}

// comparison is what became of a row. A side without a result in a round is left out there.
type comparison struct {
	Name   string  `json:"name"`
	Versus string  `json:"versus,omitempty"`
	Figure string  `json:"figure"`
	Ours   *spread `json:"ours,omitempty"`
	Theirs *spread `json:"theirs,omitempty"`
	Ratio  *spread `json:"ratio,omitempty"`
	Least  float64 `json:"least,omitempty"`
	Most   float64 `json:"most,omitempty"`
	// Met says whether the median is as it should be; nil: nothing is asked for, or nothing was measured.
	Met *bool `json:"met,omitempty"`
	// Missing says why there is no ratio.
	Missing string `json:"missing,omitempty"`
}

// compare makes a row's comparison out of the rounds. missing has the sides that can't run, with the reason.
func compare(r row, rounds []round, missing map[string]string) comparison {
	c := comparison{Name: r.name, Versus: r.versus, Figure: r.figure.name, Least: r.least, Most: r.most}
	var ours, theirs, ratios []float64
	for i := range rounds {
		our, ok := rounds[i].figure(r.figure, r.ours)
		if !ok {
			continue
		}
		ours = append(ours, our)
		their, ok := rounds[i].figure(r.figure, r.theirs...)
		if !ok {
			continue
		}
		theirs = append(theirs, their)
		if r.figure.less {
			our, their = their, our
		}
		ratios = append(ratios, our/their)
	}
	c.Ours, c.Theirs, c.Ratio = spreadOf(ours), spreadOf(theirs), spreadOf(ratios)
	switch {
	case r.least > 0 && c.Ratio != nil:
		met := c.Ratio.Median >= r.least
		c.Met = &met
	case r.most > 0 && c.Ours != nil:
		met := c.Ours.Median <= r.most
		c.Met = &met
	}
	if c.Ours == nil || c.Ratio == nil && len(r.theirs) > 0 {
		c.Missing = r.reason(missing)
	}
	return c
}

// reason is why a row has no ratio.
func (r *row) reason(missing map[string]string) string {
	for _, side := range append([]string{r.ours}, r.theirs...) {
		if reason := missing[side]; reason != "" {
			return reason
		}
	}
	return "no result"
}

// figure is the best that one of the sides has reached in the round; false: none has a result.
func (r *round) figure(f figure, sides ...string) (best float64, found bool) {
	best = math.Inf(-1)
	if f.less {
		best = math.Inf(1)
	}
	for _, side := range sides {
		result := r.Results[side]
		if result == nil || result.Error != "" || f.of(result) <= 0 {
			continue
		}
		if value := f.of(result); !found || f.less == (value < best) {
			best, found = value, true
		}
	}
	return best, found
}

// round is what one round has brought.
type round struct {
	calibration
	Steal   float64                    `json:"steal_cores"` // taken by the machine's host
	Others  float64                    `json:"other_cores"` // at work for somebody else on the machine
	Results map[string]*measure.Result `json:"results"`
}

// calibration is what the machine can do, before a round.
type calibration struct {
	RoundTrips float64 `json:"round_trips_s"` // of a byte over pipes, between two processes that block
	Loops      float64 `json:"mloops_s"`      // of arithmetic on one core, in millions
}
