package pagetest

import (
	"math"
	"strings"
	"time"
)

// clustered scenarios have nodes and workers.
func clustered(scenario string) bool {
	return scenario == Nothing || scenario == Failing || scenario == NodeGone
}

func latency(p part, seconds float64) doc {
	if p.p99 == 0 {
		return doc{"count": 0, "mean": 0, "p50": 0, "p99": 0, "max": 0}
	}
	return doc{"count": 4000, "mean": p.p50 * 1.2, "p50": moving(p.p50, seconds, p.id), "p99": moving(p.p99, seconds, p.id), "max": p.p99 * 2}
}

// apart is where the time of a bolt's tuples goes; nil: nothing was measured.
func apart(p part, seconds float64) any {
	if p.kind == "spout" || p.p99 == 0 {
		return nil
	}
	return doc{"queue": moving(p.p50*float64(p.queue)/20, seconds, p.id), "pipe": .08, "child": moving(p.p50, seconds, p.id)}
}

func (s *Server) rates(p part, seconds float64) doc {
	r := moving(p.rate, seconds, p.id)
	failed := 0.0
	if p.errors > 0 {
		failed = moving(1.4, seconds, p.id)
	}
	if s.inactive() {
		r, failed = 0, 0
	}
	return doc{"emitted": r, "spout_emitted": r, "transferred": r, "executed": r, "acked": r - failed, "failed": failed}
}

func totals(p part, seconds float64) doc {
	n := math.Max(0, math.Floor(p.rate*(seconds+5000)))
	return doc{"emitted": n, "transferred": n, "executed": n, "acked": n, "failed": p.errors}
}

func windows(p part, latencyKey string) []doc {
	var list []doc
	for _, w := range []struct {
		window, pretty string
		seconds        float64
	}{{"600", "10m 0s", 600}, {"10800", "3h 0m 0s", 5000}, {"86400", "1d 0h 0m 0s", 5000}, {":all-time", "All time", 5000}} {
		n := math.Max(0, math.Floor(p.rate*w.seconds))
		list = append(list, doc{"window": w.window, "pretty": w.pretty, "seconds": w.seconds, "emitted": n, "transferred": n, "executed": n, "acked": n, "failed": p.errors, latencyKey: p.p50 * 1.2})
	}
	return list
}

func (s *Server) component(p part, seconds float64) doc {
	c := doc{
		"id": p.id, "kind": p.kind, "tasks": p.tasks, "stage": 0, "command": "ruby " + p.id[:min(len(p.id), 2000)] + ".rb", "file": "topology.rb", "line": 12,
		"rates": s.rates(p, seconds), "capacity": math.Min(1, moving(p.capacity, seconds/5, p.id)), "held": p.held,
		"queue": p.queue, "queue_limit": 2048, "in_flight": 48, "latency_ms": latency(p, seconds), "cpu": p.capacity * float64(p.tasks),
		"memory_bytes": 41<<20 + int(p.rate)%1000*4096, "restarts": p.restarts, "errors": p.errors, "totals": totals(p, seconds), "windows": windows(p, "latency_ms"),
	}
	c["latency_parts"] = apart(p, seconds)
	if errs := errorsOf([]part{p}, s.began); len(errs) > 0 {
		c["last_error"] = errs[len(errs)-1]
	}
	return c
}

func edges(list []part, seconds float64) []doc {
	all := []doc{}
	held := map[string]float64{}
	for _, p := range list {
		held[p.id] = p.held
	}
	for _, p := range list {
		for _, from := range p.from {
			r := p.rate / float64(len(p.from))
			all = append(all, doc{"from": from, "stream": "default", "to": p.id, "grouping": p.grouping, "rate": moving(r, seconds, from+p.id), "executed": r * 5000, "held": held[from]})
		}
	}
	return all
}

func (s *Server) topology(name string, list []part, now time.Time) doc {
	seconds := now.Sub(s.began).Seconds()
	components := []doc{}
	var spouts part
	spouts.id = name
	for _, p := range list {
		components = append(components, s.component(p, seconds))
		if p.kind == "spout" {
			spouts.rate += p.rate
			spouts.p50, spouts.p99 = math.Max(spouts.p50, p.p50), math.Max(spouts.p99, p.p99)
		}
		spouts.errors += p.errors
	}
	t := doc{
		"name": name, "id": "t-1", "kind": "run", "now": now, "status": "active", "state": "running", "reason": "", "version": 0, "uptime_seconds": 5000 + seconds,
		"file": "examples/01-word-count/word_count.rb", "bundle": "", "actions": []string{"deactivate", "log_level", "kill"}, "advice": advice(s.scenario, name, list),
		"rates": s.rates(spouts, seconds), "pending": int(moving(512, seconds, name)), "latency_ms": latency(spouts, seconds), "windows": windows(spouts, "complete_ms"),
		"components": components, "edges": edges(list, seconds), "workers": []doc{}, "errors": errorsOf(list, s.began),
		"config": doc{"topology.max.spout.pending": 512, "topology.message.timeout.secs": 30, "topology.workers": 3, "gstorm.restart": "always", "note": name},
		"boards": s.boards(name),
	}
	if clustered(s.scenario) {
		t["kind"], t["version"], t["actions"] = "cluster", 3, []string{"deactivate", "rebalance", "log_level", "kill"}
		t["workers"] = []doc{
			{"id": 1, "node_name": "ada", "address": "10.0.0.1:7071", "pid": 811, "tasks": 7, "running": true, "restarts": 0, "doing": "runs", "problem": ""},
			{"id": 2, "node_name": "grace", "address": "10.0.0.2:7071", "pid": 4420, "tasks": 7, "running": true, "restarts": 1, "doing": "runs", "problem": ""},
			{"id": 3, "node_name": "edsger", "address": "10.0.0.3:7071", "pid": 0, "tasks": 6, "running": s.scenario != NodeGone, "restarts": 0, "doing": "runs", "problem": ""},
		}
		if s.scenario == NodeGone {
			t["workers"].([]doc)[2]["problem"] = "its node is gone; its tasks go to other nodes once its lease has run out, in 6 s"
			t["advice"] = []doc{{"severity": "bad", "message": "Worker 3 does not run: its node edsger is gone.", "advice": "Its 6 tasks go to other nodes in 6 s."}}
		}
	}
	if s.inactive() {
		t["status"], t["state"], t["actions"] = "inactive", "inactive", []string{"activate", "log_level", "kill"}
	}
	if t["role"] = s.getRole(); t["role"] == "read" {
		t["actions"] = []string{}
	}
	return t
}

func (s *Server) componentView(p part, list []part, now time.Time) doc {
	seconds := now.Sub(s.began).Seconds()
	c := s.component(p, seconds)
	tasks := []doc{}
	for i := range p.tasks {
		one := p
		one.rate /= float64(p.tasks)
		state := "running"
		if p.restarts > 0 && i == 1 {
			state = "starting"
		}
		t := doc{
			"id": 10 + i, "component": p.id, "kind": p.kind, "pid": 4711 + i, "state": state, "since": now.Add(-time.Duration(3000-2900*i) * time.Second),
			"queue": p.queue / p.tasks, "queue_limit": 2048, "in_flight": 12, "restarts": p.restarts * i, "errors": p.errors * i, "memory_bytes": 42<<20 + i*300_000,
			"rates": s.rates(one, seconds), "capacity": math.Max(0, p.capacity-.06*float64(i)), "held": p.held, "cpu": p.capacity, "latency_ms": latency(p, seconds+float64(i)),
		}
		t["windows"], t["latency_parts"] = windows(one, "latency_ms"), apart(p, seconds+float64(i))
		if clustered(s.scenario) {
			t["worker"], t["node"] = 1+i%3, []string{"ada", "grace", "edsger"}[i%3]
		}
		tasks = append(tasks, t)
	}
	inputs := []doc{}
	for _, from := range p.from {
		inputs = append(inputs, doc{"source": from, "stream": "default", "grouping": p.grouping, "rate": p.rate, "executed": p.rate * 5000, "acked": p.rate * 5000, "failed": p.errors})
	}
	c["role"], c["actions"] = s.getRole(), []string{"log_level", "restart"}
	if c["role"] == "read" {
		c["actions"] = []string{}
	}
	c["earlier"] = doc{"emitted": 0, "transferred": 0, "executed": 340 * p.restarts, "acked": 336 * p.restarts, "failed": 4 * p.restarts}
	c["tasks"], c["inputs"], c["errors"] = tasks, inputs, errorsOf([]part{p}, s.began)
	c["outputs"] = []doc{{"stream": "default", "fields": []string{"word", strings.Repeat("f", 12)}, "rate": p.rate, "emitted": p.rate * 5000, "transferred": p.rate * 5000, "to": names(list, p.id)}}
	return c
}

func (s *Server) overview(now time.Time) doc {
	o := doc{"kind": "run", "cluster": "", "version": "0.1.0", "now": now, "role": s.getRole(), "health": []doc{}, "nodes": []doc{}}
	health, list := []doc{}, []doc{}
	all, parts := topologies(s.scenario)
	for _, name := range all {
		t := s.topology(name, parts[name], now)
		tasks := 0
		for _, p := range parts[name] {
			tasks += p.tasks
		}
		one := doc{
			"name": name, "id": "t-" + name, "status": t["status"], "state": t["state"], "version": t["version"], "uptime_seconds": t["uptime_seconds"], "workers": len(t["workers"].([]doc)),
			"running": len(t["workers"].([]doc)), "tasks": tasks, "components": len(parts[name]), "rates": t["rates"], "pending": t["pending"], "latency_ms": t["latency_ms"], "problems": []string{},
		}
		if s.scenario == NodeGone {
			one["running"], one["problems"] = 2, []string{"worker 3 does not run: its node is gone"}
		}
		list = append(list, one)
		for _, a := range t["advice"].([]doc) {
			a["topology"] = name
			health = append(health, a)
		}
	}
	if clustered(s.scenario) {
		o["kind"], o["cluster"] = "cluster", "north"
		for i, name := range []string{"ada", "grace", "edsger"} {
			n := doc{"id": name, "name": name, "address": "10.0.0." + string(rune('1'+i)) + ":7070", "status": "alive", "since": s.began.Add(-31 * time.Hour), "version": "0.1.0", "role": "voter", "slots": 4, "workers": 2, "tags": []string{"ssd"}, "draining": false}
			if i == 0 {
				n["role"] = "leader"
			}
			if i == 2 && s.scenario == NodeGone {
				n["status"], n["since"] = "failed", now.Add(-4*time.Second)
				health = append([]doc{{"severity": "bad", "node": name, "message": "Node edsger is gone since 4 s.", "advice": "Nothing is lost: its tasks start elsewhere once its lease has run out."}}, health...)
			}
			o["nodes"] = append(o["nodes"].([]doc), n)
		}
	}
	o["health"], o["topologies"] = health, list
	return o
}

func (s *Server) history(p part, since float64, points int, now time.Time) doc {
	step := math.Max(1, since/float64(points))
	series := map[string][]any{}
	for i := range points {
		at := now.Sub(s.began).Seconds() - since + float64(i)*step
		put := func(key string, n float64) {
			var v any = n
			if i < points/8 {
				v = nil // not known yet
			}
			series[key] = append(series[key], v)
		}
		r := moving(p.rate, at, p.id) * (1 + .2*math.Sin(at/70))
		put("emitted", r)
		put("executed", r)
		put("acked", r*.98)
		put("failed", math.Max(0, float64(min(p.errors, 3))*math.Sin(at/40)))
		put("p50", moving(p.p50, at, p.id))
		put("p99", moving(p.p99, at*2, p.id)*(1+.3*math.Sin(at/25)))
		put("queue", moving(float64(p.queue), at, p.id))
		put("pending", moving(512, at, p.id))
		put("capacity", math.Min(1, moving(p.capacity, at, p.id)))
	}
	return doc{"step": step, "from": now.Add(-time.Duration(since * float64(time.Second))), "series": series}
}
