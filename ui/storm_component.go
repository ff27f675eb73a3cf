package ui

import (
	"fmt"
	"net/url"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// taskUptime is how long a task has been there; of one that does not say, as long as the topology.
func (t *stormTopology) taskUptime(since time.Time) float64 {
	if since.IsZero() {
		return t.uptime(t.now)
	}
	return max(t.now.Sub(since).Seconds(), 0)
}

func (s *Server) stormComponent(q *stormRequest) (any, error) {
	return q.topology(s, func(t *stormTopology) (any, error) {
		id := q.PathValue("component")
		if err := knownComponent(t.record, id); err != nil {
			return nil, err
		}
		c := viewComponent(t.record, id, t.spans)
		topology := &t.record.topology
		failures := []object{}
		for i := range t.snapshot.Errors {
			if e := &t.snapshot.Errors[i]; e.Component == id {
				failures = append(failures, t.failure(e))
			}
		}
		doc := object{
			"user": "", "id": id, "encodedId": url.QueryEscape(id), "name": topology.Name, "executors": c.Tasks, "tasks": c.Tasks,
			"topologyId": topology.ID, "topologyStatus": stormStatus[topology.Status], "encodedTopologyId": url.QueryEscape(topology.ID),
			"window": t.window.id, "windowHint": t.window.pretty, "componentType": c.Kind, "debug": false, "samplingPct": 100, "eventLogLink": "",
			"profilingAndDebuggingCapable": false, "profileActionEnabled": false, "profilerActive": []object{}, "componentErrors": failures,
			"executorStats": t.executors(&c), "schedulerDisplayResource": false, "requestedGenericResourcesComp": "",
		}
		if c.Kind == spout {
			return merged(doc, requested(), t.spoutParts(&c)), nil
		}
		return merged(doc, requested(), t.boltParts(&c)), nil
	})
}

func (t *stormTopology) spoutParts(c *ComponentView) object {
	outputs := []object{}
	sum := t.ofComponent(c.ID)
	if p := planned(t.record, c.ID); p != nil {
		for _, name := range t.streams(p) {
			n := t.ofStream(streamKey{c.ID, name})
			// The trees of a spout are not told apart by the stream that they began in: only one that has no other has all.
			o := object{"stream": name, "emitted": n.emitted, "transferred": n.transferred, "completeLatency": decimals(0), "acked": 0, "failed": 0}
			if len(p.Outputs) == 1 {
				o["completeLatency"], o["acked"], o["failed"] = decimals(sum.mean()), sum.acked, sum.failed
			}
			outputs = append(outputs, o)
		}
	}
	return object{
		"outputStats": outputs,
		"spoutSummary": t.windows(c.Windows, func(w *Window) object {
			return object{"completeLatency": decimals(w.Complete), "acked": w.Acked, "failed": w.Failed}
		}),
	}
}

func (t *stormTopology) boltParts(c *ComponentView) object {
	inputs, outputs := []object{}, []object{}
	mean := decimals(t.ofComponent(c.ID).mean())
	if p := planned(t.record, c.ID); p != nil {
		for _, in := range p.Inputs {
			n := t.ofEdge(edgeKey{c.ID, in.From, in.StreamID()})
			inputs = append(inputs, object{
				"component": in.From, "encodedComponentId": url.QueryEscape(in.From), "stream": in.StreamID(), "executeLatency": mean, "processLatency": mean,
				"executed": n.executed, "acked": n.acked, "failed": n.failed,
			})
		}
		for _, name := range t.streams(p) {
			n := t.ofStream(streamKey{c.ID, name})
			outputs = append(outputs, object{"stream": name, "emitted": n.emitted, "transferred": n.transferred})
		}
	}
	return object{
		"inputStats": inputs, "outputStats": outputs,
		"boltStats": t.windows(c.Windows, func(w *Window) object {
			latency := decimals(w.Latency)
			return object{"executeLatency": latency, "executed": w.Executed, "processLatency": latency, "acked": w.Acked, "failed": w.Failed}
		}),
	}
}

// executors are the tasks, of which each is an executor of its own.
func (t *stormTopology) executors(c *ComponentView) []object {
	list := []object{}
	for i := range t.snapshot.Tasks {
		task := &t.snapshot.Tasks[i]
		if task.Component == c.ID {
			list = append(list, t.executor(c, task))
		}
	}
	return list
}

func (t *stormTopology) executor(c *ComponentView, task *stats.Task) object {
	worker := t.worker(task.ID)
	host, port := hostPort(worker)
	number := 0
	if worker != nil {
		number = worker.ID
	}
	n, id, up := t.ofTask(task.ID), fmt.Sprintf("[%d-%d]", task.ID, task.ID), t.taskUptime(task.Since)
	o := object{
		"id": id, "encodedId": url.QueryEscape(id), "uptime": pretty(up), "uptimeSeconds": int(up), "host": host, "port": port,
		"emitted": n.emitted, "transferred": n.transferred, "acked": n.acked, "failed": n.failed, "workerLogLink": logLink(t.record.topology.Name, number, c.ID),
	}
	latency := decimals(n.mean())
	if c.Kind == spout {
		return merged(o, object{"completeLatency": latency})
	}
	return merged(o, object{
		"capacity": decimals(min(t.share(t.latelyOfTask(task.ID).busy), 1)), "executeLatency": latency, "processLatency": latency, "executed": n.executed,
	})
}
