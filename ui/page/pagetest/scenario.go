package pagetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// The scenarios.
const (
	Nothing  = "nothing"  // a cluster where nothing runs
	Healthy  = "healthy"  // one topology of three components, alone
	Failing  = "failing"  // a cluster with errors, restarts, a bottleneck, a held spout
	NodeGone = "nodegone" // a cluster of three nodes, one of which is gone
	Many     = "many"     // a topology of 200 components
	Hostile  = "hostile"  // names and messages that try to break the page
)

// Scenarios are the names of all.
var Scenarios = []string{Nothing, Healthy, Failing, NodeGone, Many, Hostile}

// The names that a hostile user might give.
const (
	HostileTopology  = `<img src=x onerror=document.title='owned'>"'&amp;`
	HostileComponent = "\u202egnp.evil <script>document.title='owned'</script>"
)

// HostileLong is a name of 10 kB without a blank.
var HostileLong = strings.Repeat("long-", 2000)

type doc = map[string]any

// part is a component of a scenario, before its numbers are made.
type part struct {
	id, kind                 string
	tasks                    int
	rate                     float64 // tuples/s
	capacity, held, p50, p99 float64
	errors, restarts, queue  int
	from                     []string
	grouping                 string
}

var wordCount = []part{
	{id: "lines", kind: "spout", tasks: 1, rate: 2480, capacity: .31, p50: 2.4, p99: 9.1},
	{id: "split", kind: "bolt", tasks: 2, rate: 2480, capacity: .44, p50: .38, p99: 1.9, from: []string{"lines"}, grouping: "shuffle", queue: 12},
	{id: "count", kind: "bolt", tasks: 4, rate: 19840, capacity: .27, p50: .11, p99: .74, from: []string{"split"}, grouping: "fields(word)", queue: 31},
}

var orders = []part{
	{id: "kafka-orders", kind: "spout", tasks: 3, rate: 1210, capacity: .98, held: .71, p50: 840, p99: 4200},
	{id: "clicks", kind: "spout", tasks: 2, rate: 5300, capacity: .35, p50: 12, p99: 61},
	{id: "parse", kind: "bolt", tasks: 4, rate: 1210, capacity: .52, held: .64, p50: .9, p99: 4.4, from: []string{"kafka-orders"}, grouping: "shuffle", queue: 880},
	{id: "sessions", kind: "bolt", tasks: 4, rate: 5300, capacity: .41, p50: .6, p99: 3.1, from: []string{"clicks"}, grouping: "fields(user)", queue: 20},
	{id: "enrich", kind: "bolt", tasks: 2, rate: 1190, capacity: .97, p50: 1.6, p99: 38, from: []string{"parse", "sessions"}, grouping: "fields(customer)", queue: 2048},
	{id: "fraud", kind: "bolt", tasks: 2, rate: 1188, capacity: .58, p50: .7, p99: 12, errors: 318, restarts: 4, from: []string{"enrich"}, grouping: "shuffle", queue: 9},
	{id: "totals", kind: "bolt", tasks: 2, rate: 1188, capacity: .22, p50: .2, p99: 1.2, from: []string{"enrich"}, grouping: "fields(shop)", queue: 2},
	{id: "store", kind: "bolt", tasks: 1, rate: 2360, capacity: .74, p50: 3.8, p99: 22, from: []string{"fraud", "totals"}, grouping: "global", queue: 64},
}

// many are 200 components in 12 chains that meet.
func many() []part {
	var list []part
	for i := range 200 {
		p := part{id: fmt.Sprintf("step-%03d", i), kind: "bolt", tasks: 1 + i%4, rate: float64(200 + i*37%3000), capacity: float64(i*7%80) / 100, p50: 1, p99: float64(2 + i%30), grouping: "shuffle"}
		if i < 12 {
			p.kind = "spout"
		} else {
			p.from = []string{list[i-12].id}
			if i%9 == 0 {
				p.from = append(p.from, list[i-7].id)
			}
		}
		list = append(list, p)
	}
	list[150].capacity, list[150].queue = .99, 1024
	return list
}

func hostile() []part {
	return []part{
		{id: HostileComponent, kind: "spout", tasks: 1, rate: 10, p50: 1, p99: 2, errors: 3},
		{id: HostileLong, kind: "bolt", tasks: 1, rate: 1e15, capacity: 17, p50: 1e-9, p99: 1e12, from: []string{HostileComponent}, grouping: `fields("<b>")`, errors: 1e9},
		{id: "a/b?c#d%20e", kind: "bolt", tasks: 1, rate: -4, from: []string{HostileLong, "a/b?c#d%20e"}, grouping: "shuffle"},
		{id: "__proto__", kind: "bolt", tasks: 1, rate: 1, from: []string{HostileComponent, "not-there"}, grouping: "all"},
	}
}

// topologies are the names of a scenario's, with their parts.
func topologies(scenario string) (names []string, parts map[string][]part) {
	parts = map[string][]part{}
	add := func(name string, list []part) { names, parts[name] = append(names, name), list }
	switch scenario {
	case Healthy:
		add("word_count", wordCount)
	case Failing:
		add("orders", orders)
		add("word_count", wordCount)
	case NodeGone:
		add("word_count", wordCount)
	case Many:
		add("wide", many())
	case Hostile:
		add(HostileTopology, hostile())
		add(HostileLong, wordCount)
	}
	return names, parts
}

// moving is a number that is alive: near n, by the time since the server began.
func moving(n float64, seconds float64, key string) float64 {
	seed := 0.0
	for _, c := range key[:min(len(key), 20)] {
		seed += float64(c)
	}
	return n * (1 + .05*math.Sin(seconds/3+seed) + .03*math.Sin(seconds/.9+2*seed))
}

func advice(scenario, topology string, list []part) []doc {
	switch {
	case scenario == Failing && topology == "orders":
		return []doc{
			{"severity": "bad", "component": "enrich", "message": "enrich is the bottleneck: its tasks are busy 97 % of the time.", "advice": "Try 4 tasks."},
			{"severity": "bad", "component": "fraud", "message": "fraud fails: 318 errors, 4 restarts in the last 10 minutes.", "advice": "Look at its last error: fraud.rb:31, undefined method 'score' for nil."},
			{"severity": "warn", "component": "kafka-orders", "message": "kafka-orders waits 71 % of the time for full queues.", "advice": "It goes on when enrich does."},
		}
	case scenario == Many:
		return []doc{{"severity": "warn", "component": list[150].id, "message": "step-150 is at 0.99.", "advice": "Try 6 tasks."}}
	case scenario == Hostile:
		return []doc{
			{"severity": "<b>", "component": HostileComponent, "message": HostileTopology + HostileComponent, "advice": `"><svg onload=document.title='owned'>`},
			{"severity": "bad", "component": HostileLong, "message": HostileLong, "advice": HostileLong},
		}
	}
	return []doc{}
}

// errorsOf are the errors of components.
func errorsOf(list []part, began time.Time) []doc {
	all := []doc{}
	for _, p := range list {
		if p.errors == 0 {
			continue
		}
		message := "undefined method 'score' for nil (NoMethodError)\n    fraud.rb:31:in 'Fraud#rate'\n    fraud.rb:18:in 'Fraud#process'\n    gstorm/bolt.rb:88:in 'block in run'\n    gstorm/session.rb:41:in 'each_tuple'"
		file := "fraud.rb"
		if strings.ContainsAny(p.id, "<") || len(p.id) > 1000 {
			message, file = HostileTopology+"\n"+HostileLong+"\n\u202e\u0000\u001b[31m", HostileLong
		}
		all = append(all,
			doc{"component": p.id, "task": 11, "pid": 4711, "time": began.Add(-7 * time.Minute), "message": "exit status 1: killed by SIGSEGV", "count": 4},
			doc{"component": p.id, "task": 12, "pid": 4712, "time": began.Add(-12 * time.Second), "message": message, "file": file, "line": 31, "tuple": "-7716212", "count": 314})
	}
	return all
}

func names(list []part, consumersOf string) []string {
	found := []string{}
	for _, p := range list {
		if slices.Contains(p.from, consumersOf) {
			found = append(found, p.id)
		}
	}
	return found
}
