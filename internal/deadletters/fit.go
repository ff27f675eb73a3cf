package deadletters

import (
	"fmt"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
)

// Outline is what of a plan matters to letters: its spouts, by id.
type Outline map[string]Spout

// Spout is a spout of an Outline.
type Spout struct {
	Max     int            `json:"max"`     // gstorm.retry.max; 0: none of its tuples become dead letters, nor are any replayed
	Most    int            `json:"most"`    // how many letters a list has room for
	Tasks   []int          `json:"tasks"`   // ids
	Streams map[string]int `json:"streams"` // how many fields each has
}

// OutlineOf makes the outline of a plan.
func OutlineOf(p *plan.Plan) Outline {
	o := Outline{}
	for i := range p.Components {
		c := &p.Components[i]
		if c.Kind != gstorm.SpoutKind {
			continue
		}
		s := Spout{Most: DefaultMost, Tasks: c.TaskIDs, Streams: map[string]int{}}
		if n, ok, err := c.Config.Int(gstorm.RetryMax); ok && err == nil { // Validate has seen that they are numbers
			s.Max = n
		}
		if n, ok, err := c.Config.Int(gstorm.RetryDeadLetters); ok && err == nil {
			s.Most = n
		}
		for id, stream := range c.Outputs {
			s.Streams[id] = len(stream.Fields)
		}
		o[c.ID] = s
	}
	return o
}

// Bounds are the largest gstorm.retry.max of the spouts, and how many letters the list has room for.
func (o Outline) Bounds() (max, most int) {
	for _, s := range o {
		if s.Max > max || s.Max == max && s.Most > most {
			max, most = s.Max, s.Most
		}
	}
	return max, most
}

// Misfit is why a letter can't be replayed by what runs now; "": it can.
func (o Outline) Misfit(l *Letter) string {
	s, ok := o[l.Component]
	if !ok {
		return fmt.Sprintf("there is no spout %q any more", l.Component)
	}
	if s.Max == 0 {
		return fmt.Sprintf("%s of spout %q is 0: dead letters are replayed where there may be some", gstorm.RetryMax, l.Component)
	}
	fields, ok := s.Streams[l.Stream]
	if !ok {
		return fmt.Sprintf("spout %q has no stream %q any more", l.Component, l.Stream)
	}
	if fields != len(l.Fields) {
		return fmt.Sprintf("stream %q of spout %q has %d fields, and the letter %d values", l.Stream, l.Component, fields, len(l.Fields))
	}
	return ""
}

// Home is which task emits the letter again: the one whose it is, or another one of its spout if there is no such task any more.
func (o Outline) Home(l *Letter) int { return Home(l, o[l.Component].Tasks) }

// Home is which of its spout's tasks emits a letter again.
func Home(l *Letter, tasks []int) int {
	if len(tasks) == 0 || slices.Contains(tasks, l.Task) {
		return l.Task
	}
	return tasks[l.Task%len(tasks)]
}
