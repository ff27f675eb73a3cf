package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// badBolts are the faults of a bolt after which the run goes on to its end. Each is named as in
// testdata/misbehave/faulty.py, which has the details.
var badBolts = []struct {
	misbehaviour
	killed  bool // the process ends and is started again; else it is the same one to the end
	replays int  // tuples that failed at least; without any, none may
	check   func(a *aftermath)
}{
	{misbehaviour: misbehaviour{fault: "prints"}, check: func(a *aftermath) {
		for _, line := range []string{"a line before the handshake", "a line between two messages", "in front of a message", "between a message and its end"} {
			a.shows(`WARN  faulty/\d  not a message of the protocol, ignored: ` + line)
		}
		a.shows(`INFO  faulty/\d  a log message$`)
		a.shows(`INFO  faulty/\d  another$`)
	}},
	{misbehaviour: misbehaviour{fault: "garbles an ack", timeout: 2}, replays: 1},
	{misbehaviour: misbehaviour{fault: "writes to stderr"}, check: func(a *aftermath) {
		lines := strings.Count(a.stderr, strings.Repeat("x", 99)+"\n") + strings.Count(a.stderr, strings.Repeat("y", 99)+"\n")
		if lines += droppedLines(a); lines != 110_000 {
			a.Errorf("%d lines logged or dropped, want 110,000", lines)
		}
		a.boundedMemory(100)
	}},
	{misbehaviour: misbehaviour{fault: "exits 0"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "exits 1"}, killed: true, replays: 1, check: func(a *aftermath) {
		// What people see at the end: acked, failed, restarts and errors of the bolt; failed trees.
		a.shows(`^faulty +1 +[\d,]+ +[\d,]+ +[\d,]+ +60 +0 +1 +1 `)
		a.shows(fmt.Sprintf(`^trees +[\d,]+ +[\d,]+ +%d +0 +0$`, a.replayed()))
	}},
	{misbehaviour: misbehaviour{fault: "crashes"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "is killed"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "dies in a frame"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "sleeps", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "sleeps with a full pipe", silence: 2, pad: 16_000}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "computes", silence: 2}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "stops reading", silence: 2}},
	{misbehaviour: misbehaviour{fault: "answers no heartbeats", silence: 2}},
	{misbehaviour: misbehaviour{fault: "leaves a process"}, killed: true, replays: 1},
	{misbehaviour: misbehaviour{fault: "daemonizes"}, check: daemonized},
	{misbehaviour: misbehaviour{fault: "daemonizes and exits"}, killed: true, replays: 1, check: daemonized},
	{misbehaviour: misbehaviour{fault: "acks twice"}, check: func(a *aftermath) {
		// Of 60, the first five and each power of two.
		if n := strings.Count(a.stderr, "ack of a tuple that is over"); n != 8 {
			a.Errorf("%d warnings, want 8", n)
		}
	}},
	{misbehaviour: misbehaviour{fault: "acks unknown ids"}},
	{misbehaviour: misbehaviour{fault: "anchors to finished ids"}},
	{misbehaviour: misbehaviour{fault: "floods with logs"}, check: func(a *aftermath) {
		if n := strings.Count(a.stderr, " of a flood\n"); n != 20_000 {
			a.Errorf("%d lines of the flood were logged, want 20,000", n)
		}
		a.boundedMemory(100)
	}},
	{misbehaviour: misbehaviour{fault: "emits without end", count: 1000, pad: 1000, pending: 100_000, buffer: 50}, check: func(a *aftermath) {
		// What has gone out by then stands in a queue of 50, a batch or two, and a pipe.
		if backlog := a.noted("backlog"); len(backlog) != 1 || backlog[0] > 500 {
			a.Errorf("the spout has emitted %v of 1000 tuples that nobody took", backlog)
		}
		a.boundedMemory(150)
	}},
	{misbehaviour: misbehaviour{fault: "sends 200 MB"}, killed: true, replays: 1, check: func(a *aftermath) { a.boundedMemory(300) }},
	{misbehaviour: misbehaviour{fault: "starts slowly", start: 20}, killed: true, replays: 1, check: func(a *aftermath) {
		if n := a.component("faulty").Restarts; n != 1 {
			a.Errorf("%d restarts: the slow start was not waited for", n)
		}
	}},
	{misbehaviour: misbehaviour{fault: "never says its pid once", start: 3}, killed: true, replays: 1, check: func(a *aftermath) {
		if n := a.component("faulty").Restarts; n < 2 {
			a.Errorf("%d restarts", n)
		}
	}},
}

func TestABadBoltLosesNothingAndHurtsNobody(t *testing.T) {
	for _, bolt := range badBolts {
		t.Run(bolt.fault, func(t *testing.T) {
			t.Parallel()
			bolt.file = "bolts.yaml"
			a := bolt.run(t)
			a.contained(&bolt.misbehaviour, bolt.killed, bolt.replays)
			if bolt.check != nil {
				bolt.check(a)
			}
			a.asInTheManual(bolt.fault)
			t.Logf("%d replayed, %d restarts, %.1f s, %d MiB", a.replayed(), a.component("faulty").Restarts, a.summary.Seconds, a.peak)
		})
	}
}

// daemonized checks that there has been a daemon.
func daemonized(a *aftermath) {
	if len(a.noted("daemon")) != 1 {
		a.Error("no daemon was started: the test shows nothing")
	}
}

// droppedLines are those of a component's stderr for which the log was too slow.
func droppedLines(a *aftermath) (n int) {
	for line := range strings.Lines(a.stderr) {
		if _, number, found := strings.Cut(line, "lines dropped: the log is slower than the component writes lines="); found {
			dropped, err := strconv.Atoi(strings.TrimSpace(number))
			if err != nil {
				a.Fatal(err)
			}
			n += dropped
		}
	}
	return n
}
