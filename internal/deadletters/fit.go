package deadletters

import (
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
)

// Bounds are what is configured for the spouts of a plan: the largest gstorm.retry.max, and how many letters a list has room for.
func Bounds(p *plan.Plan) (max, most int) {
	most = DefaultMost
	for i := range p.Components {
		c := &p.Components[i]
		if c.Kind != gstorm.SpoutKind {
			continue
		}
		if n := retryMax(c); n > max {
			max = n
			if m, ok, err := c.Config.Int(gstorm.RetryDeadLetters); ok && err == nil {
				most = m
			}
		}
	}
	return max, most
}

func retryMax(c *plan.Component) int {
	n, _, err := c.Config.Int(gstorm.RetryMax)
	if err != nil { // Validate has seen that it is a number
		return 0
	}
	return n
}

// Misfit is why a letter can't be replayed by what runs now; "": it can.
func (l *Letter) Misfit(p *plan.Plan) string {
	c := p.Component(l.Component)
	switch {
	case c == nil || c.Kind != gstorm.SpoutKind:
		return fmt.Sprintf("there is no spout %q any more", l.Component)
	case retryMax(c) == 0:
		return fmt.Sprintf("%s of spout %q is 0: dead letters are replayed where there may be some", gstorm.RetryMax, l.Component)
	}
	s, ok := c.Outputs[l.Stream]
	if !ok {
		return fmt.Sprintf("spout %q has no stream %q any more", l.Component, l.Stream)
	}
	if len(s.Fields) != len(l.Fields) {
		return fmt.Sprintf("stream %q of spout %q has %d fields, and the letter %d values", l.Stream, l.Component, len(s.Fields), len(l.Fields))
	}
	return ""
}
