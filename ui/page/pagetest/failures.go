package pagetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lettersKept is how many dead letters the failing scenario begins with.
const lettersKept = 7

// causes are why tuples of a scenario failed.
func (s *Server) causes() []doc {
	switch s.scenario {
	case Failing:
		return []doc{
			{"component": "fraud", "task": 13, "pid": 4712, "tuple": "-7716212", "file": "fraud.rb", "line": 31, "reason": "undefined method 'score' for nil (NoMethodError)\n    fraud.rb:31:in 'Fraud#rate'\n    fraud.rb:18:in 'Fraud#process'"},
			{"component": "fraud", "task": 12, "pid": 4711, "tuple": "881", "file": "", "line": 0, "reason": "it failed the tuple and did not say why"},
			{},
		}
	case Hostile:
		return []doc{{"component": HostileComponent, "task": -1, "pid": 1 << 40, "tuple": HostileTopology, "file": HostileLong, "line": 7, "reason": HostileTopology + "\n" + HostileLong + "\n\u202e\u0000\u001b[31m"}}
	}
	return nil
}

// failed is the n-th tuple that failed.
func (s *Server) failed(n int, cause doc) doc {
	d := doc{"message": fmt.Sprintf(`"offset-%d"`, 88120+n), "component": "kafka-orders", "task": 3, "stream": "default", "node": "ada", "cause": cause,
		"first": s.began.Add(-time.Duration(60+n) * time.Minute), "last": s.began.Add(-time.Duration(5*n) * time.Second),
		"values": []doc{{"field": "customer", "json": fmt.Sprint(4711 + n)}, {"field": "order", "json": `{"shop":"north","items":[{"sku":"a-17","n":2}],"note":"` + strings.Repeat("please ", 12), "bytes": 80_000}}}
	if s.scenario == Hostile {
		d["message"], d["component"], d["stream"], d["node"] = HostileTopology+HostileLong, HostileComponent, HostileLong, HostileTopology
		d["values"] = []doc{{"field": HostileLong, "json": HostileTopology}, {"field": HostileTopology, "json": HostileLong}}
	}
	return d
}

func (s *Server) getFailures(w http.ResponseWriter, _ *http.Request) {
	list := []doc{}
	for i, cause := range s.causes() {
		d := s.failed(i, cause)
		d["times"], d["kind"], d["dead"] = 1+4*i%5, "failed", i == 1
		if len(cause) == 0 {
			d["kind"] = "timed_out"
		}
		list = append(list, s.seen(d))
	}
	_ = json.NewEncoder(w).Encode(doc{"total": 1000 * len(list), "kept": len(list), "failures": list})
}

// letters are those that are left.
func (s *Server) letters() []doc {
	s.mu.Lock()
	defer s.mu.Unlock()
	causes := s.causes()
	list := []doc{}
	for i := range lettersKept {
		id := fmt.Sprint("3.", i)
		if len(causes) == 0 || s.gone[id] {
			continue
		}
		d := s.failed(i, causes[i%len(causes)])
		d["id"], d["failures"], d["state"], d["replays"], d["fields"] = id, 5, "waiting", i%2, []string{"customer", "order"}
		if s.replayed[id] {
			d["state"] = "replaying"
		}
		list = append(list, d)
	}
	return list
}

func (s *Server) getLetters(w http.ResponseWriter, _ *http.Request) {
	list := []doc{}
	for _, d := range s.letters() {
		list = append(list, s.seen(d))
	}
	most := 5
	if len(s.causes()) == 0 {
		most = 0
	}
	_ = json.NewEncoder(w).Encode(doc{"max": most, "total": len(list), "full": s.scenario == Hostile, "letters": list})
}

// changeLetters takes away those that are to be dropped, and marks those that are to be replayed.
func (s *Server) changeLetters(w http.ResponseWriter, body []byte, marks map[string]bool) {
	var wanted struct {
		IDs []string `json:"ids"`
		All bool     `json:"all"`
	}
	if err := json.Unmarshal(body, &wanted); err != nil {
		fail(w, http.StatusBadRequest, "invalid", err.Error())
		return
	}
	done := 0
	for _, d := range s.letters() {
		if id := d["id"].(string); wanted.All || slices.Contains(wanted.IDs, id) {
			s.mu.Lock()
			marks[id] = true
			s.mu.Unlock()
			done++
		}
	}
	_ = json.NewEncoder(w).Encode(doc{"done": done})
}
