package terminal

import "github.com/gstorm/gstorm/internal/stats"

// rateWindow is over how many seconds a rate is taken: long enough to be calm, short enough to follow.
const rateWindow = 2.0

// rates are how much each component did per second lately: tuples executed, or emitted where it is a spout.
type rates struct {
	samples []sample // oldest first; the first is the last one that is older than the window
}

type sample struct {
	seconds float64
	done    map[string]uint64
}

// observe notes a snapshot. Snapshots come in the order of time.
func (r *rates) observe(s stats.Snapshot) {
	now := sample{s.Seconds, make(map[string]uint64, len(s.Components))}
	for i := range s.Components {
		now.done[s.Components[i].ID] = done(&s.Components[i])
	}
	r.samples = append(r.samples, now)
	for len(r.samples) > 2 && r.samples[1].seconds <= now.seconds-rateWindow {
		r.samples = r.samples[1:]
	}
}

// of is a component's rate over the window, or since the start where that is shorter.
func (r *rates) of(component string) float64 {
	last := r.samples[len(r.samples)-1]
	first := sample{}
	if len(r.samples) > 1 {
		first = r.samples[0]
	}
	if last.seconds <= first.seconds {
		return 0
	}
	return (float64(last.done[component]) - float64(first.done[component])) / (last.seconds - first.seconds)
}

// spouts is what comes in: the rate of all spouts.
func (r *rates) spouts(components []stats.Component) (sum float64) {
	for i := range components {
		if components[i].Kind == "spout" {
			sum += r.of(components[i].ID)
		}
	}
	return sum
}

func done(c *stats.Component) uint64 {
	if c.Kind == "spout" {
		return c.Emitted
	}
	return c.Executed
}
