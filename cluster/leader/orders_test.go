package leader

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// TestOrdersAreThoseOfTheState, whatever the states before were, and their revision changes when they do and else not.
func TestOrdersAreThoseOfTheState(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s, o := &fsm.State{}, newOrders()
	nodes := []string{"a", "b", "c"}
	for step := range 500 {
		name := fmt.Sprint("t", r.IntN(3))
		var command fsm.Command = &fsm.Submit{Name: name, Status: fsm.Active}
		if known := s.Topologies[name]; known != nil {
			p := &fsm.Place{Name: name, Epoch: known.Placement.Epoch, Shape: known.Placement.Shape + uint64(r.IntN(2))}
			for id := range r.IntN(4) {
				p.Workers = append(p.Workers, fsm.Worker{ID: id + 1, Node: nodes[r.IntN(3)]})
			}
			command = p
			switch r.IntN(8) {
			case 0:
				command = &fsm.Kill{Name: name}
			case 1, 2:
				command = &fsm.Remove{Name: name, ID: known.ID}
			}
		}
		_ = s.Apply(s.Revision+1, command) // some are refused
		last := map[string]message.Orders{}
		for _, node := range nodes {
			last[node] = o.of(node)
		}
		o.follow(s)
		fresh := newOrders()
		fresh.follow(s)
		for _, node := range nodes {
			before, is, should := last[node], o.of(node), fresh.of(node)
			if len(is.Workers)+len(should.Workers) > 0 && !reflect.DeepEqual(is.Workers, should.Workers) {
				t.Fatalf("step %d: the orders of %s are %v, want %v", step, node, is.Workers, should.Workers)
			}
			if same := reflect.DeepEqual(is.Workers, before.Workers); same && step > 0 && len(is.Workers) > 0 && is.Revision != before.Revision || !same && is.Revision == before.Revision {
				t.Fatalf("step %d: from %+v to %+v", step, before, is)
			}
		}
	}
	old := &fsm.State{Revision: 1}
	before := o.of("a")
	if o.follow(old); !reflect.DeepEqual(o.of("a"), before) {
		t.Error("an older state changes orders")
	}
}
