package main

import (
	"testing"
)

// badGoBolts are the faults of a bolt in Go, as in testdata/misbehave/gobolts, after which the run goes on to its end.
var badGoBolts = []struct {
	misbehaviour
	killed  bool // the process ends and is started again; else it is the same one to the end
	replays int  // tuples that failed at least; without any, none may
	shows   []string
}{
	{misbehaviour: misbehaviour{fault: "panics"}, replays: 1, shows: []string{`ERROR  faulty/\d+\[\d+\]  gobolts/main\.go:\d+: panic: on purpose|panic: on purpose`}},
	{misbehaviour: misbehaviour{fault: "panics elsewhere"}, killed: true, replays: 1, shows: []string{`panic: on purpose`}},
	{misbehaviour: misbehaviour{fault: "exits 0"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "exits 1"}, killed: true, replays: 1, shows: []string{`exited with code 1`}},
	{misbehaviour: misbehaviour{fault: "is killed"}, killed: true, replays: 1, shows: []string{`was killed by SIGKILL`}},
	{misbehaviour: misbehaviour{fault: "races"}, killed: true, replays: 1, shows: []string{`concurrent map (writes|iteration)`}},
	{misbehaviour: misbehaviour{fault: "computes", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "sleeps", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "deadlocks", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "is stopped", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "overflows its stack"}, killed: true, replays: 1, shows: []string{`stack overflow`}},
	{misbehaviour: misbehaviour{fault: "leaves a process"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "closes all files", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "prints"}, shows: []string{`a line to stderr`}},
}

func TestABadGoBoltLosesNothingAndHurtsNobody(t *testing.T) {
	for _, bolt := range badGoBolts {
		t.Run(bolt.fault, func(t *testing.T) {
			t.Parallel()
			bolt.file = "gobolts"
			a := bolt.run(t)
			a.contained(&bolt.misbehaviour, bolt.killed, bolt.replays)
			for _, pattern := range bolt.shows {
				a.shows(pattern)
			}
			if bolt.fault == "prints" && a.stdout != "a line to stdout\na line of a child\n" {
				t.Errorf("stdout: %q", a.stdout)
			}
			t.Logf("%d replayed, %d restarts, %.1f s\n%s", a.replayed(), a.component("faulty").Restarts, a.summary.Seconds, lastLines(a.stderr, 40))
		})
	}
}
