package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Rates are counts per second, over the last 10 s.
type Rates struct {
	Emitted     float64 `json:"emitted"`
	Transferred float64 `json:"transferred"`
	Executed    float64 `json:"executed"`
	Acked       float64 `json:"acked"`
	Failed      float64 `json:"failed"`
}

// TopologyRates are those of a topology: what all components do, but for Acked and Failed, which are of trees.
type TopologyRates struct {
	Rates
	SpoutEmitted float64 `json:"spout_emitted"` // what spouts emit: what comes in, beside Acked
}

// Totals are counts since the topology began, or over a window.
type Totals struct {
	Emitted     uint64 `json:"emitted"`
	Transferred uint64 `json:"transferred"`
	Executed    uint64 `json:"executed"`
	Acked       uint64 `json:"acked"`
	Failed      uint64 `json:"failed"`
}

// Window is what was counted in one of Storm's windows, or in as much of it as is known: of a whole one up to a 60th less.
type Window struct {
	Window  string  `json:"window"`
	Pretty  string  `json:"pretty"`
	Seconds float64 `json:"seconds"` // that are known
	Totals
	Complete float64 `json:"complete_ms"` // of a spout or topology: the mean latency
	Latency  float64 `json:"latency_ms"`  // the same
}

// TopologyView is all that the page shows of a topology.
type TopologyView struct {
	Name       string                 `json:"name"`
	ID         string                 `json:"id"`
	Kind       string                 `json:"kind"` // of the Cluster
	Role       string                 `json:"role"` // of who asks
	Now        time.Time              `json:"now"`
	Status     string                 `json:"status"`
	State      string                 `json:"state"`
	Reason     string                 `json:"reason"`
	Version    int                    `json:"version"`
	Uptime     float64                `json:"uptime_seconds"`
	File       string                 `json:"file"`
	Bundle     string                 `json:"bundle"`
	Actions    []string               `json:"actions"`
	Advice     []Advice               `json:"advice"`
	Bottleneck string                 `json:"bottleneck"` // the component that has the least to spare; "": all have enough
	Rates      TopologyRates          `json:"rates"`
	Pending    uint64                 `json:"pending"`
	Trees      stats.Trees            `json:"trees"`
	Latency    stats.Latency          `json:"latency_ms"`
	Windows    []Window               `json:"windows"`
	Components []ComponentView        `json:"components"`
	Edges      []EdgeView             `json:"edges"`
	Workers    []Worker               `json:"workers"`
	Errors     []stats.ComponentError `json:"errors"`
	Config     map[string]any         `json:"config"`
	Boards     []BoardLink            `json:"boards"`

	problems, missing []string
	restarted         map[string]uint64 // of tasks, lately, by component
	timeout           float64           // of messages, in seconds; 0: there is none
}

// EdgeView is how tuples go from a stream to a component.
type EdgeView struct {
	From     string  `json:"from"`
	Stream   string  `json:"stream"`
	To       string  `json:"to"`
	Grouping string  `json:"grouping"`
	Rate     float64 `json:"rate"`
	Executed uint64  `json:"executed"`
	Held     float64 `json:"held"` // how much of the time this edge keeps the source waiting, where it is the one that does
}

func ratesOf(r *record, c counts) Rates {
	return Rates{r.perSecond(c.emitted), r.perSecond(c.transferred), r.perSecond(c.executed), r.perSecond(c.acked), r.perSecond(c.failed)}
}

// topologyRates are those of all components of a topology.
func topologyRates(r *record) TopologyRates {
	all := TopologyRates{Rates: ratesOf(r, r.lately())}
	for i := range r.snapshot.Components {
		if c := &r.snapshot.Components[i]; c.Kind == spout {
			all.SpoutEmitted += r.perSecond(r.latelyOf(c.ID).emitted)
		}
	}
	return all
}

func totalsOf(c counts) Totals {
	return Totals{c.emitted, c.transferred, c.executed, c.acked, c.failed}
}

// without is what is left of totals.
func (t Totals) without(c counts) Totals {
	return Totals{less(t.Emitted, c.emitted), less(t.Transferred, c.transferred), less(t.Executed, c.executed), less(t.Acked, c.acked), less(t.Failed, c.failed)}
}

// windowsOf are the counts in all windows; then is what had been counted at a moment, nil for the beginning.
func windowsOf(spans []span, now counts, then func(*frame) counts) []Window {
	var list []Window
	for _, s := range spans {
		var earlier counts
		if s.from != nil {
			earlier = then(s.from)
		}
		list = append(list, windowOf(&s, s.seconds, now.since(earlier)))
	}
	return list
}

// windowOf is what was counted in a window, of which so many seconds are known.
func windowOf(s *span, seconds float64, c counts) Window {
	return Window{s.id, s.pretty, seconds, totalsOf(c), c.mean(), c.mean()}
}

// viewTopology is the document of a topology, for who may change it or not.
func viewTopology(r *record, kind string, now time.Time, mayChange bool) *TopologyView {
	t, s, total := &r.topology, &r.snapshot, r.now()
	spans := r.history.spans(now, r.uptime(now))
	v := &TopologyView{
		Name: t.Name, ID: t.ID, Kind: kind, Now: now, Status: t.Status, State: t.State, Reason: cmp.Or(t.Reason, s.Reason), Version: t.Version,
		Uptime: r.uptime(now), File: t.File, Bundle: t.Bundle, Actions: actions(t, mayChange, ofTopologies), Rates: topologyRates(r), Pending: s.Trees.Pending, Trees: s.Trees,
		Latency: topologyLatency(s),
		Windows: windowsOf(spans, total.topology, func(f *frame) counts { return f.topology.counts() }),
		Workers: listed(t.Workers), Errors: listed(s.Errors), Config: configured(t), Boards: boardLinks(r), problems: t.Problems, missing: r.missing, restarted: map[string]uint64{},
	}
	if t.Plan != nil {
		if d, ok, err := t.Plan.Config.Seconds(gstorm.TopologyMessageTimeout); ok && err == nil {
			v.timeout = d.Seconds()
		}
	}
	for _, id := range order(r) {
		v.Components = append(v.Components, viewComponent(r, id, spans))
		if n := r.latelyOf(id).restarts; n > 0 {
			v.restarted[id] = n
		}
	}
	v.Components = listed(v.Components)
	v.Edges = viewEdges(r, v.Components)
	if c := busiest(v.Components); c != nil {
		v.Bottleneck = c.ID
	}
	v.Advice = listed(advise(v))
	return v
}

// order is the components' order in documents: of the flow, as far as that is known.
func order(r *record) []string {
	if r.topology.Plan == nil {
		return r.names()
	}
	list := make([]*plan.Component, 0, len(r.topology.Plan.Components))
	for i := range r.topology.Plan.Components {
		list = append(list, &r.topology.Plan.Components[i])
	}
	slices.SortStableFunc(list, func(a, b *plan.Component) int { return cmp.Compare(a.Stage, b.Stage) })
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

// topologyLatency is that of all spouts: the means by how often they were measured, of the rest the highest.
func topologyLatency(s *stats.Snapshot) (all stats.Latency) {
	sum := 0.0
	for i := range s.Components {
		if c := &s.Components[i]; c.Kind == spout {
			all.Count += c.Latency.Count
			sum += c.Latency.Mean * float64(c.Latency.Count)
			all.P50, all.P99, all.Max = max(all.P50, c.Latency.P50), max(all.P99, c.Latency.P99), max(all.Max, c.Latency.Max)
		}
	}
	if all.Count > 0 {
		all.Mean = sum / float64(all.Count)
	}
	return all
}

// nearlyFull is what of its limit a queue has that keeps others waiting.
const nearlyFull = 0.8

func viewEdges(r *record, components []ComponentView) []EdgeView {
	list := []EdgeView{}
	if r.topology.Plan == nil {
		return list
	}
	views := map[string]*ComponentView{}
	for i := range components {
		views[components[i].ID] = &components[i]
	}
	for i := range r.topology.Plan.Components {
		to := &r.topology.Plan.Components[i]
		for _, in := range to.Inputs {
			key := edgeKey{to.ID, in.From, in.StreamID()}
			e := EdgeView{
				From: in.From, Stream: in.StreamID(), To: to.ID, Grouping: grouping(&in),
				Rate: r.perSecond(r.latelyOfEdge(key).executed), Executed: r.now().edges[key].executed,
			}
			from, target := views[in.From], views[to.ID]
			if from != nil && target != nil && target.QueueLimit > 0 && float64(target.Queue) >= nearlyFull*float64(target.QueueLimit) {
				e.Held = from.Held
			}
			list = append(list, e)
		}
	}
	return list
}

// grouping is a grouping for people: fields(word).
func grouping(in *gstorm.Input) string {
	if len(in.Fields) == 0 {
		return string(in.Grouping)
	}
	return string(in.Grouping) + "(" + strings.Join(in.Fields, ", ") + ")"
}
