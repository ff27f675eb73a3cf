package leader

import (
	"cmp"
	"slices"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// orders are the orders of all nodes in a state. Every agent asks for its own every second, so they are not looked for each time:
// from one state to the next is done again what has become another.
type orders struct {
	revision   uint64 // of the state
	began      uint64 // the first state that was followed
	topologies map[string]*fsm.Topology
	nodes      map[string]message.Orders // what is handed out is replaced, not changed
}

func newOrders() *orders {
	return &orders{topologies: map[string]*fsm.Topology{}, nodes: map[string]message.Orders{}}
}

// of are those of a node.
func (o *orders) of(node string) message.Orders {
	if orders, ok := o.nodes[node]; ok {
		return orders
	}
	return message.Orders{Revision: o.began}
}

// follow takes another state, if it is a later one.
func (o *orders) follow(s *fsm.State) {
	if s.Revision <= o.revision {
		return
	}
	if o.revision == 0 {
		o.began = s.Revision
	}
	o.revision = s.Revision
	touched := map[string]map[string]bool{} // the topologies that may have changed, by node
	for name, before := range o.topologies {
		if s.Topologies[name] != before {
			touch(touched, before)
			delete(o.topologies, name)
		}
	}
	lists := map[string][]message.Order{}
	for name, t := range s.Topologies {
		if o.topologies[name] == t {
			continue
		}
		o.topologies[name] = t
		touch(touched, t)
		for _, w := range t.Placement.Workers {
			lists[w.Node] = append(lists[w.Node], message.Order{Topology: t.ID, Name: t.Name, Shape: t.Placement.Shape, Worker: w.ID})
		}
	}
	for node, changed := range touched {
		o.replace(node, changed, lists[node])
	}
}

func touch(touched map[string]map[string]bool, t *fsm.Topology) {
	for _, w := range t.Placement.Workers {
		if touched[w.Node] == nil {
			touched[w.Node] = map[string]bool{}
		}
		touched[w.Node][t.ID] = true
	}
}

// replace replaces a node's orders for some topologies.
func (o *orders) replace(node string, topologies map[string]bool, list []message.Order) {
	before := o.nodes[node]
	for _, each := range before.Workers {
		if !topologies[each.Topology] {
			list = append(list, each)
		}
	}
	slices.SortFunc(list, func(a, b message.Order) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Topology, b.Topology), cmp.Compare(a.Worker, b.Worker))
	})
	if before.Revision == 0 || !slices.Equal(list, before.Workers) {
		o.nodes[node] = message.Orders{Revision: o.revision, Workers: list}
	}
}
