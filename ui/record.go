package ui

import (
	"time"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/ui/boards"
)

// recently is the time that rates, capacities and shares are of.
const recently = 10 * time.Second

// record is what is known of a topology: how it is, and how it was.
type record struct {
	topology Topology
	missing  []string
	snapshot stats.Snapshot
	tasksOf  map[string][]*stats.Task // of the snapshot, by component
	meter    *meter
	history  *history
	wall     boards.Wall
	tasks    *taskHistory
	recent   []totals             // over the last time; the newest is the last
	nodes    map[string]*heard    // by id: those that tell what they have counted over all lives
	kinds    map[string]string    // of components, as those say
	asked    map[string]time.Time // for their past: the last time
}

func newRecord() *record {
	return &record{
		meter: newMeter(), history: newHistory(), tasks: newTaskHistory(), nodes: map[string]*heard{}, kinds: map[string]string{}, asked: map[string]time.Time{},
	}
}

// look takes what is known of the topology without its counts.
func (r *record) look(t *Topology) { r.topology = *t }

// take takes counts.
func (r *record) take(at time.Time, s stats.Snapshot, missing []string) {
	if n := len(r.recent); n > 0 && !r.recent[n-1].at.Before(at) {
		return
	}
	r.snapshot, r.missing = s, missing
	r.wall.Take(at, s.Metrics)
	r.tasksOf = make(map[string][]*stats.Task, len(s.Components))
	for i := range s.Tasks {
		t := &s.Tasks[i]
		r.tasksOf[t.Component] = append(r.tasksOf[t.Component], t)
	}
	now := r.meter.read(at, &s)
	r.overLives(&now, &s)
	if len(r.recent) == 0 && s.Seconds < recently.Seconds() && r.uptime(at) < 2*recently.Seconds() { // all of it is recent
		r.recent = append(r.recent, totals{at: at.Add(-time.Duration(max(s.Seconds, 0.001) * float64(time.Second)))})
	}
	r.recent = append(r.recent, now)
	for len(r.recent) > 2 && at.Sub(r.recent[1].at) >= recently {
		r.recent = r.recent[1:]
	}
	r.history.add(&now, &s, r.capacities())
	r.tasks.add(&now, &r.history.tiers[0][0])
}

// now are the counts of this moment.
func (r *record) now() *totals {
	if n := len(r.recent); n > 0 {
		return &r.recent[n-1]
	}
	return &totals{}
}

// passed is how long what is recent took, in seconds; 0: there is nothing to compare with.
func (r *record) passed() float64 {
	if len(r.recent) < 2 {
		return 0
	}
	return r.now().at.Sub(r.recent[0].at).Seconds()
}

// perSecond is a count of the recent time.
func (r *record) perSecond(n uint64) float64 { return r.share(float64(n)) }

// share is a sum of the recent time by its length.
func (r *record) share(sum float64) float64 {
	if seconds := r.passed(); seconds > 0 {
		return sum / seconds
	}
	return 0
}

// lately is what was counted in the recent time.
func (r *record) lately() counts {
	if len(r.recent) < 2 {
		return counts{}
	}
	return r.now().topology.since(r.recent[0].topology)
}

func (r *record) latelyOf(component string) counts {
	if len(r.recent) < 2 {
		return counts{}
	}
	return r.now().components[component].since(r.recent[0].components[component])
}

func (r *record) latelyOfTask(id int) counts {
	if len(r.recent) < 2 {
		return counts{}
	}
	return r.now().tasks[id].since(r.recent[0].tasks[id])
}

func (r *record) latelyOfStream(key streamKey) counts {
	if len(r.recent) < 2 {
		return counts{}
	}
	return r.now().streams[key].since(r.recent[0].streams[key])
}

func (r *record) latelyOfEdge(key edgeKey) counts {
	if len(r.recent) < 2 {
		return counts{}
	}
	return r.now().edges[key].since(r.recent[0].edges[key])
}

// capacities are the capacities of components: each the highest of its tasks.
func (r *record) capacities() map[string]float64 {
	all := map[string]float64{}
	for i := range r.snapshot.Tasks {
		t := &r.snapshot.Tasks[i]
		all[t.Component] = max(all[t.Component], min(r.share(r.latelyOfTask(t.ID).busy), 1))
	}
	return all
}

// uptime is how long the topology has been there, in seconds.
func (r *record) uptime(now time.Time) float64 {
	if r.topology.Submitted.IsZero() {
		return r.snapshot.Seconds
	}
	return max(now.Sub(r.topology.Submitted).Seconds(), 0)
}

// names are the ids of the topology's components.
func (r *record) names() []string {
	var ids []string
	if r.topology.Plan == nil {
		for i := range r.snapshot.Components {
			ids = append(ids, r.snapshot.Components[i].ID)
		}
		return ids
	}
	for i := range r.topology.Plan.Components {
		ids = append(ids, r.topology.Plan.Components[i].ID)
	}
	return ids
}
