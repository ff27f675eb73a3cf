package ui

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

func TestPartsOfTheLatencyAreOfTheLastTenSeconds(t *testing.T) {
	r := newRecord()
	parts := func() (component, first, second string) {
		v := viewDetail(r, "b", r.history.spans(r.now().at, 100), true)
		text := func(p *LatencyParts) string {
			b, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		return text(v.Parts), text(v.TaskViews[0].Parts), text(v.TaskViews[1].Parts)
	}
	take := func(second int, one, two stats.Spent) {
		s := snapshotAt(100+float64(second), 0, 0)
		s.Tasks[0].Spent, s.Tasks[1].Spent = one, two
		r.take(begin.Add(time.Duration(second)*time.Second), s, nil)
	}
	old := stats.Spent{Queued: 1000, Queue: 1024, Answered: 1000, Pipe: 1024, Child: 1024}
	take(0, old, stats.Spent{})
	if c, _, _ := parts(); c != "null" {
		t.Errorf("of what was before anything was seen: %s", c)
	}
	// The second has got some that it does not answer.
	one := old
	one.Add(&stats.Spent{Queued: 4, Queue: 0.0625, Answered: 4, Pipe: 0.125, Child: 0.25})
	take(5, one, stats.Spent{Queued: 4, Queue: 0.1875})
	c, first, second := parts()
	if c != `{"queue":31.25,"pipe":31.25,"child":62.5}` || first != `{"queue":15.625,"pipe":31.25,"child":62.5}` || second != `{"queue":46.875,"pipe":null,"child":null}` {
		t.Errorf("component %s, tasks %s and %s", c, first, second)
	}
	for second := 6; second <= 16; second++ {
		take(second, one, stats.Spent{Queued: 4, Queue: 0.1875})
	}
	if c, _, _ := parts(); c != "null" {
		t.Errorf("ten seconds later: %s", c)
	}
}
