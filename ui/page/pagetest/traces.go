package pagetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tree makes a trace of what its tuples are, in the order in which they are added.
type tree struct {
	doc
	nodes []string
	ids   map[string]string // by the names that hop is told
}

func newTree(root, spout, outcome string, ms float64, began time.Time) *tree {
	return &tree{doc{"root": root, "component": spout, "task": 3, "stream": "default", "message": `"offset-88120"`, "began": began, "ms": ms, "outcome": outcome, "cause": "",
		"dropped": 0, "clocks_ms": 0, "values": []doc{{"name": "line", "value": `"the storm is \"over\""`}, {"name": "n", "value": "17"}}, "spans": []doc{}}, nil, map[string]string{}}
}

// hop adds a tuple: parent is "" for one of the spout. times are emitted, handed, began and answered; a negative one is not known.
func (t *tree) hop(name, parent, component string, task int, times [4]float64) doc {
	id := fmt.Sprintf("%016x", 4096+len(t.ids)*7919)
	t.ids[name] = id
	span := doc{"id": id, "parents": []string{}, "source": t.doc["component"], "source_task": 3, "stream": "default", "component": component, "task": task, "node": "", "worker": 0, "pid": 4700 + task, "outcome": "acked", "cause": ""}
	if parent != "" {
		span["parents"] = []string{t.ids[parent]}
	}
	if len(t.nodes) > 0 {
		span["node"], span["worker"] = t.nodes[task%len(t.nodes)], 1+task%len(t.nodes)
	}
	for i, key := range []string{"emitted", "handed", "began", "answered"} {
		span[key] = times[i]
		if times[i] < 0 {
			span[key] = nil
		}
	}
	if times[3] < 0 {
		span["outcome"] = ""
	}
	t.doc["spans"] = append(t.doc["spans"].([]doc), span)
	return span
}

// finish adds what a list says of it.
func (t *tree) finish() doc {
	components, nodes := []string{t.doc["component"].(string)}, []string{}
	for _, s := range t.doc["spans"].([]doc) {
		if c := s["component"].(string); !slices.Contains(components, c) {
			components = append(components, c)
		}
		if n := s["node"].(string); n != "" && !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	t.doc["components"], t.doc["nodes"] = components, nodes
	return t.doc
}

// sentence is a tree of word_count: a line, which is split into words, of which one waits.
func sentence(root string, words int, began time.Time) *tree {
	t := newTree(root, "lines", "acked", 12.3, began)
	t.hop("line", "", "split", 4, [4]float64{.02, 8.15, 8.4, 10.1})
	for i := range words {
		at := 8.6 + 1.4*float64(i)/float64(words)
		t.hop(fmt.Sprint("word", i), "line", "count", 6+i%4, [4]float64{at, at + .3 + .1*float64(i%3), at + .5 + .1*float64(i%3), at + .9 + .35*float64(i%4)})
	}
	return t
}

// order is a tree of orders, over three machines; last are the times of its fraud check.
func order(root, outcome string, ms float64, began time.Time, last [4]float64) *tree {
	t := newTree(root, "kafka-orders", outcome, ms, began)
	t.nodes = []string{"ada", "grace", "edsger"}
	t.doc["clocks_ms"], t.doc["values"] = 0.4, []doc{{"name": "customer", "value": "4711"}, {"name": "note", "value": `"the storm is \"over\""`}}
	t.hop("order", "", "parse", 6, [4]float64{.1, 12.4, 12.9, 14.2})
	t.hop("parsed", "order", "enrich", 10, [4]float64{13.8, 96.2, 97.0, 131.5})
	t.hop("totals", "parsed", "totals", 14, [4]float64{128.1, 128.9, 129.4, 130.0})
	t.hop("fraud", "parsed", "fraud", 13, last)
	t.hop("sum", "totals", "store", 16, [4]float64{129.9, 133.0, 133.6, 139.9})
	return t
}

// trees are the traces of a topology, latest first.
func (s *Server) trees(topology string) []doc {
	began := s.began.Add(-20 * time.Second)
	switch {
	case s.scenario == Hostile:
		t := newTree(`<b>/3?#%20`, HostileComponent, "failed", 1e15, began)
		t.nodes = []string{HostileComponent}
		t.doc["cause"], t.doc["message"], t.doc["stream"] = HostileTopology+HostileLong, HostileTopology, HostileLong
		t.doc["values"] = []doc{{"name": HostileComponent, "value": `"` + HostileTopology + `"`}, {"name": HostileLong, "value": HostileLong, "bytes": 1 << 30}}
		bad := t.hop("a", "", HostileComponent, 1, [4]float64{-1, 5, 3, 1})
		bad["parents"], bad["cause"], bad["outcome"], bad["stream"] = []string{bad["id"].(string), "not-there"}, HostileTopology+"\n"+HostileLong, "failed", "__proto__"
		bad["emitted"] = 2
		t.hop("b", "a", "__proto__", 2, [4]float64{7, -1, -1, 1e15})
		t.hop("c", "b", HostileLong, 2, [4]float64{1e-9, 1e-9, 1e-9, 1e-9})["id"] = t.ids["b"]
		return []doc{t.finish()}
	case topology == "orders":
		fast := order("3-17", "acked", 211, began.Add(4*time.Second), [4]float64{128.6, 190.2, 190.9, 204.4})
		fast.hop("checked", "fraud", "store", 16, [4]float64{203.1, 204.9, 205.2, 210.6})
		failed := order("3-20", "failed", 203.7, began.Add(3*time.Second), [4]float64{128.6, 190.2, 190.9, 203.5})
		failed.doc["cause"] = "fraud: task 13: undefined method 'score' for nil (NoMethodError)"
		bad := failed.doc["spans"].([]doc)[3]
		bad["outcome"], bad["cause"] = "failed", "undefined method 'score' for nil (NoMethodError)\n    fraud.rb:31:in 'Fraud#rate'\n    fraud.rb:18:in 'Fraud#process'"
		late := order("3-22", "timed_out", 30000, began.Add(2*time.Second), [4]float64{128.6, 190.2, -1, -1})
		late.doc["cause"] = "not acked in 30 s"
		now := order("3-23", "pending", 900, s.began, [4]float64{128.6, -1, -1, -1})
		large := newTree("3-500", "kafka-orders", "acked", 812, began)
		large.nodes, large.doc["dropped"] = []string{"ada", "grace", "edsger"}, 41
		large.hop("0", "", "parse", 6, [4]float64{.1, 2, 2.2, 780})
		for i := 1; i < 500; i++ {
			at := float64(i) * 1.5
			large.hop(fmt.Sprint(i), fmt.Sprint((i-1)/7), orders[3+i%5].id, 6+i%9, [4]float64{at, at + float64(i%11), at + float64(i%11) + .5, at + 14 + float64(i%29)})
		}
		one := newTree("3-1", "clicks", "acked", .42, began.Add(-time.Minute))
		one.hop("click", "", "sessions", 8, [4]float64{.01, .03, -1, .4})
		return []doc{now.finish(), fast.finish(), failed.finish(), late.finish(), large.finish(), one.finish()}
	}
	var list []doc
	for i := range 12 {
		t := sentence(fmt.Sprint("3-", 40-i), 1+(i*5)%9, began.Add(-time.Duration(i)*time.Second))
		if i%3 == 1 {
			t.doc["ms"] = 10.2 + float64(i)/10
		}
		list = append(list, t.finish())
	}
	return list
}

// seen leaves out of a document what only those see who may operate.
func (s *Server) seen(d doc, also ...string) doc {
	seen := doc{}
	for key, value := range d {
		if hidden := s.getRole() == "read" && (key == "values" || key == "message"); !hidden && !slices.Contains(also, key) {
			seen[key] = value
		}
	}
	return seen
}

func (s *Server) getTraces(w http.ResponseWriter, r *http.Request) {
	list := []doc{}
	for _, t := range s.trees(r.PathValue("name")) {
		failed := t["outcome"] == "failed" || t["outcome"] == "timed_out"
		if kind := r.URL.Query().Get("kind"); kind != "failed" || failed {
			one := s.seen(t, "spans", "values")
			one["spans"] = len(t["spans"].([]doc))
			list = append(list, one)
		}
	}
	if r.URL.Query().Get("kind") == "slowest" {
		slices.SortStableFunc(list, func(a, b doc) int { return int(b["ms"].(float64) - a["ms"].(float64)) })
	}
	_ = json.NewEncoder(w).Encode(doc{"rate": 5, "sampled": 1200 + len(list), "traces": list})
}

func (s *Server) getTrace(w http.ResponseWriter, r *http.Request) {
	for _, t := range s.trees(r.PathValue("name")) {
		if t["root"] != r.PathValue("root") {
			continue
		}
		if strings.HasSuffix(r.URL.Path, "/otlp") {
			_ = json.NewEncoder(w).Encode(doc{"resourceSpans": []doc{{"root": t["root"]}}})
			return
		}
		_ = json.NewEncoder(w).Encode(s.seen(t))
		return
	}
	fail(w, http.StatusNotFound, "not_found", fmt.Sprintf("there is no trace %q, did you mean \"3-17\"?", r.PathValue("root")))
}
