package ui

import (
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// What comes in is what spouts emit, beside what all components do.
func TestTheRateOfSpoutsIsTold(t *testing.T) {
	r := newRecord()
	for second := range uint64(5) {
		r.take(begin.Add(time.Duration(second)*time.Second), stats.Snapshot{Seconds: 100 + float64(second), Components: []stats.Component{
			{ID: "a", Kind: spout, Emitted: 10 * second, Acked: 9 * second}, {ID: "b", Kind: spout, Emitted: 5 * second}, {ID: "c", Kind: bolt, Emitted: 100 * second},
		}}, nil)
	}
	v := viewTopology(r, RunKind, begin, false)
	if v.Rates.SpoutEmitted != 15 || v.Rates.Emitted != 115 || v.Rates.Acked != 9 {
		t.Errorf("the topology's rates: %+v", v.Rates)
	}
	o := viewOverview(&Cluster{Topologies: []Topology{{ID: "t"}}}, map[string]*record{"t": r}, begin, "read")
	if o.Topologies[0].Rates != v.Rates {
		t.Errorf("in the overview: %+v, by itself: %+v", o.Topologies[0].Rates, v.Rates)
	}
}
