package ui

import (
	"maps"
	"net/url"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
)

var stormStatus = map[string]string{Active: "ACTIVE", Inactive: "INACTIVE", Killed: "KILLED"}

// summary is a topology as Storm lists it.
func summary(t *Topology, version string, uptime float64) object {
	tasks := 0
	if t.Plan != nil {
		tasks = len(t.Plan.Tasks)
	}
	return merged(object{
		"id": t.ID, "encodedId": url.QueryEscape(t.ID), "owner": t.By, "name": t.Name, "status": stormStatus[t.Status], "uptime": pretty(uptime), "uptimeSeconds": int(uptime),
		"tasksTotal": tasks, "workersTotal": len(t.Workers), "executorsTotal": tasks, "replicationCount": 0, "schedulerInfo": nil,
		"requestedGenericResources": "", "assignedGenericResources": "", "topologyVersion": t.Version, "stormVersion": version,
	}, resources("requested", "MemOnHeap", "MemOffHeap", "TotalMem", "Cpu"), resources("assigned", "MemOnHeap", "MemOffHeap", "TotalMem", "Cpu"))
}

func (s *Server) stormTopologies(q *stormRequest) (any, error) {
	list := []object{}
	for i := range q.cluster.Topologies {
		t := &q.cluster.Topologies[i]
		list = append(list, summary(t, q.cluster.Version, max(q.now.Sub(t.Submitted).Seconds(), 0)))
	}
	return object{"topologies": list, "schedulerDisplayResource": false}, nil
}

func (s *Server) stormWorkers(q *stormRequest) (any, error) {
	t, err := find(q.cluster, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	list := []object{}
	for i := range t.Workers {
		host, port := hostPort(&t.Workers[i])
		list = append(list, object{"host": host, "port": port})
	}
	return merged(q.supervisorsEnd(), object{"hostPortList": list}), nil
}

func (s *Server) stormTopology(q *stormRequest) (any, error) {
	return q.topology(s, func(t *stormTopology) (any, error) {
		topology, uptime := &t.record.topology, t.uptime(t.now)
		spouts, bolts, workers := []object{}, []object{}, []object{}
		for _, id := range order(t.record) {
			c := viewComponent(t.record, id, nil)
			if t.hidden(id) {
				continue
			}
			if c.Kind == spout {
				spouts = append(spouts, t.spout(&c))
			} else {
				bolts = append(bolts, t.bolt(&c))
			}
		}
		for i := range topology.Workers {
			workers = append(workers, stormWorker(topology, &topology.Workers[i], uptime))
		}
		timeout := 0
		if topology.Plan != nil {
			if d, ok, err := topology.Plan.Config.Seconds(gstorm.TopologyMessageTimeout); ok && err == nil {
				timeout = int(d.Seconds())
			}
		}
		now := t.record.now().topology
		return merged(summary(topology, t.cluster.Version, uptime), object{
			"msgTimeout": timeout, "window": t.window.id, "windowHint": t.window.pretty, "user": "", "debug": false, "samplingPct": 100, "schedulerDisplayResource": false,
			"configuration": configured(topology), "visualizationTable": t.visualizationTable(), "workers": workers, "spouts": spouts, "bolts": bolts,
			"bugtracker-url": "", "central-log-url": "",
			"topologyStats": t.windows(windowsOf(t.spans, now, func(f *frame) counts { return f.topology.counts() }), func(w *Window) object {
				return object{"completeLatency": decimals(w.Complete), "acked": w.Acked, "failed": w.Failed}
			}),
		}), nil
	})
}

// windows are the counts of all windows; more is what a kind of them has beside.
func (t *stormTopology) windows(list []Window, more func(*Window) object) []object {
	all := []object{}
	for i := range list {
		w := &list[i]
		all = append(all, merged(object{"window": w.Window, "windowPretty": w.Pretty, "emitted": w.Emitted, "transferred": w.Transferred}, more(w)))
	}
	return all
}

func requested() object { return resources("requested", "MemOnHeap", "MemOffHeap", "Cpu") }

func (t *stormTopology) spout(c *ComponentView) object {
	n := t.ofComponent(c.ID)
	return merged(object{
		"spoutId": c.ID, "encodedSpoutId": url.QueryEscape(c.ID), "executors": c.Tasks, "tasks": c.Tasks, "emitted": n.emitted, "transferred": n.transferred,
		"completeLatency": decimals(n.mean()), "acked": n.acked, "failed": n.failed, "requestedGenericResourcesComp": "",
	}, requested(), t.lastError(c.ID))
}

func (t *stormTopology) bolt(c *ComponentView) object {
	n := t.ofComponent(c.ID)
	return merged(object{
		"boltId": c.ID, "encodedBoltId": url.QueryEscape(c.ID), "executors": c.Tasks, "tasks": c.Tasks, "emitted": n.emitted, "transferred": n.transferred,
		"capacity": decimals(c.Capacity), "executeLatency": decimals(n.mean()), "executed": n.executed, "processLatency": decimals(n.mean()), "acked": n.acked, "failed": n.failed,
		"requestedGenericResourcesComp": "",
	}, requested(), t.lastError(c.ID))
}

// streams are the names of a component's streams.
func (t *stormTopology) streams(c *plan.Component) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Outputs)) {
		if !t.hidden(name) {
			names = append(names, name)
		}
	}
	return names
}

// components are those of the plan.
func (t *stormTopology) components() []plan.Component {
	if t.record.topology.Plan == nil {
		return nil
	}
	return t.record.topology.Plan.Components
}

// byStream is a value for each stream of a component.
func (t *stormTopology) byStream(c *plan.Component, value func(counts) any) []object {
	list := []object{}
	for _, name := range t.streams(c) {
		list = append(list, object{"stream_id": name, "value": value(t.ofStream(streamKey{c.ID, name}))})
	}
	return list
}

// byInput is a value for each input of a component.
func (t *stormTopology) byInput(c *plan.Component, value func(counts) any) []object {
	list := []object{}
	for _, in := range c.Inputs {
		list = append(list, object{"component_id": in.From, "stream_id": in.StreamID(), "value": value(t.ofEdge(edgeKey{c.ID, in.From, in.StreamID()}))})
	}
	return list
}

func (s *Server) stormMetrics(q *stormRequest) (any, error) {
	return q.topology(s, func(t *stormTopology) (any, error) {
		emitted, transferred := func(n counts) any { return n.emitted }, func(n counts) any { return n.transferred }
		spouts, bolts := []object{}, []object{}
		all := t.components()
		for i := range all {
			c := &all[i]
			sum := t.ofComponent(c.ID)
			mean := func(counts) any { return decimals(sum.mean()) } // latencies are not told apart by stream
			o := object{"id": c.ID, "emitted": t.byStream(c, emitted), "transferred": t.byStream(c, transferred)}
			if c.Kind == gstorm.SpoutKind {
				// The trees of a spout are not told apart by the stream that they began in.
				one := func(v any) []object { return []object{{"stream_id": gstorm.DefaultStream, "value": v}} }
				spouts = append(spouts, merged(o, object{"acked": one(sum.acked), "failed": one(sum.failed), "complete_ms_avg": one(decimals(sum.mean()))}))
				continue
			}
			bolts = append(bolts, merged(o, object{
				"acked": t.byInput(c, func(n counts) any { return n.acked }), "failed": t.byInput(c, func(n counts) any { return n.failed }),
				"executed":       t.byInput(c, func(n counts) any { return n.executed }),
				"process_ms_avg": t.byInput(c, mean), "executed_ms_avg": t.byInput(c, mean),
			}))
		}
		return object{"window": t.window.id, "window-hint": t.window.pretty, "spouts": spouts, "bolts": bolts}, nil
	})
}

// visualizationTable are the streams, four in a row.
func (t *stormTopology) visualizationTable() []any {
	table := []any{}
	var names []string
	all := t.components()
	for i := range all {
		names = append(names, t.streams(&all[i])...)
	}
	slices.Sort(names)
	for row := range slices.Chunk(slices.Compact(names), 4) {
		cells := []object{}
		for _, name := range row {
			cells = append(cells, object{"stream": name, "sani-stream": sane(name), "checked": true})
		}
		table = append(table, object{":row": cells})
	}
	return table
}

// sane is a stream's name as a page can use it.
func sane(name string) string { return "s" + url.PathEscape(name) }

func (s *Server) stormVisualizationInit(q *stormRequest) (any, error) {
	return q.topology(s, func(t *stormTopology) (any, error) { return object{"visualizationTable": t.visualizationTable()}, nil })
}

func (s *Server) stormVisualization(q *stormRequest) (any, error) {
	return q.topology(s, func(t *stormTopology) (any, error) {
		doc := object{}
		all := t.components()
		for i := range all {
			c := &all[i]
			if t.hidden(c.ID) {
				continue
			}
			v := viewComponent(t.record, c.ID, nil)
			transferred, inputs, tasks := map[string]uint64{}, []object{}, []object{}
			for _, name := range t.streams(c) {
				transferred[name] = t.ofStream(streamKey{c.ID, name}).transferred
			}
			for _, in := range c.Inputs {
				inputs = append(inputs, object{":component": in.From, ":stream": in.StreamID(), ":sani-stream": sane(in.StreamID()), ":grouping": grouping(&in)})
			}
			for k := range t.snapshot.Tasks {
				task := &t.snapshot.Tasks[k]
				if task.Component != c.ID {
					continue
				}
				host, port := hostPort(t.worker(task.ID))
				tasks = append(tasks, object{":host": host, ":port": port, ":uptime_secs": int(t.taskUptime(task.Since)), ":transferred": t.record.now().tasks[task.ID].transferred})
			}
			doc[c.ID] = object{
				":type": string(c.Kind), ":capacity": decimals(v.Capacity), ":latency": decimals(t.ofComponent(c.ID).mean()), ":transferred": transferred, ":stats": tasks,
				":link": "/#/topology/" + url.PathEscape(t.record.topology.Name) + "/component/" + url.PathEscape(c.ID), ":inputs": inputs,
			}
		}
		return doc, nil
	})
}
