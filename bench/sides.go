package main

// needed is what an unmodified library, or a language of our own libraries, needs on the machine.
var needed = map[string][]string{
	"rb": {"ruby"}, "py": {"python3"}, "js": {"node"},
	"storm.rb": {"ruby", "libraries/ruby"}, "storm.py": {"python3", "libraries/python"}, "storm.js": {"node", "libraries/javascript"},
	"pystorm": {"python3", "libraries/venv"},
}

// languages are those of our own libraries, with Storm's library for the same and the language's name.
var languages = []struct{ own, storms, name string }{
	{"rb", "storm.rb", "Ruby"}, {"py", "storm.py", "Python"}, {"js", "storm.js", "JavaScript"},
}

// How Storm is tuned for throughput, as its own guide to performance says: tuples change hands in batches. And for latency:
// nobody sleeps for a whole millisecond.
var (
	batched = []string{"pending=10000", "topology.producer.batch.size=100", "topology.batch.flush.interval.millis=1"}
	awake   = []string{
		"topology.spout.wait.strategy=org.apache.storm.policy.WaitStrategyPark", "topology.spout.wait.park.microsec=50",
		"topology.bolt.wait.strategy=org.apache.storm.policy.WaitStrategyPark", "topology.bolt.wait.park.microsec=50",
	}
)

func with(arguments []string, more ...string) []string {
	return append(append([]string{}, arguments...), more...)
}

// Settings of gstorm.
const (
	notAcked     = "topology.acker.executors=0"
	pending10000 = "topology.max.spout.pending=10000"
	idsAwaited   = "gstorm.task.ids.ahead=never"
	idsAhead     = "gstorm.task.ids.ahead=always"
	allAhead     = "gstorm.commands.ahead=always"
	stormNative  = "Storm, all Java"
)

// sides are all that can be run, in the order in which a round runs them: what is compared stands close together.
func sides() []side {
	all := []side{
		load("native", nil),
		stormWith(stormNative, "", nil),
		stormWith("Storm, all Java, tuned", "", nil, batched...),
		stormWith("Storm, all Java, tuned, two tasks each", "", nil, with(batched, "splits=2", "counts=2")...),
		flinkWith("Flink, exactly once", "checkpoint=1000"),
		flinkWith("Flink, exactly once, two subtasks", "checkpoint=1000", "parallelism=2"),
		load("go split", nil, "-split", "go"),
		load("go pass", nil, "-shape", "chain", "-size", "10", "-split", "go", "-set", pending10000),
		load("native pass", nil, "-shape", "chain", "-size", "10", "-set", pending10000),
		load("all in go", nil, "-spout", "go", "-split", "go", "-count", "go"),
		load("native, not acked", nil, "-set", notAcked),
		stormWith("Storm, all Java, not acked", "", nil, "ackers=0"),
		stormWith("Storm, all Java, not acked, tuned", "", nil, with(batched, "ackers=0")...),
		load("native, 1,000/s", nil, "-rate", "1000"),
		stormWith("Storm, all Java, 1,000/s", "", nil, "rate=1000"),
		stormWith("Storm, all Java, 1,000/s, tuned", "", nil, with(awake, "rate=1000")...),
		flinkWith("Flink, 1,000/s", "rate=1000", "timeout=0"),
	}
	for _, l := range languages {
		all = append(all,
			load(l.own+" split", needed[l.own], "-split", l.own),
			stormWith("Storm, "+l.storms+" split", l.storms, []string{"split"}),
			load("all in "+l.own, needed[l.own], "-spout", l.own, "-split", l.own, "-count", l.own),
			stormWith("Storm, "+l.storms+" spout and split", l.storms, []string{"spout", "split"}),
		)
	}
	all = append(all, bytewaxWith("bytewax", 1000), connectWith("Redpanda Connect", 10))
	for _, library := range []string{"storm.rb", "storm.py"} {
		all = append(all,
			load(library+", ids awaited", needed[library], "-split", library, "-set", idsAwaited),
			barePipe("pipe, "+library+", ids awaited", library, 100, "reply", "sleep"),
			barePipe("pipe that never sleeps, "+library+", ids awaited", library, 100, "reply", "spin"),
			load(library+", ids ahead", needed[library], "-split", library, "-set", idsAhead),
			barePipe("pipe, "+library+", ids ahead", library, 100, "ahead", "sleep"),
			load(library+" spout and split, ahead", needed[library], "-spout", library, "-split", library, "-set", idsAhead, "-set", allAhead),
		)
	}
	for _, library := range []string{"storm.js", "pystorm"} {
		all = append(all,
			load(library, needed[library], "-split", library),
			barePipe("pipe, "+library, library, 1000, "reply", "sleep"),
		)
	}
	return append(all,
		stormWith("Storm, pystorm split", "pystorm", []string{"split"}),
		load("rb split, 200/s", needed["rb"], "-split", "rb", "-rate", "200"),
		stormWith("Storm, storm.rb split, 200/s", "storm.rb", []string{"split"}, "rate=200"),
	)
}
