package main

import "testing"

// badSpouts are the faults of a spout after which the run goes on to its end, named as in
// testdata/misbehave/faulty_spout.py. The spout goes on where the one before it has died.
var badSpouts = []struct {
	misbehaviour
	killed bool
	check  func(a *aftermath)
}{
	{misbehaviour: misbehaviour{fault: "never syncs", silence: 2}, killed: true},
	{misbehaviour: misbehaviour{fault: "syncs twice"}},
	{misbehaviour: misbehaviour{fault: "emits after its sync"}},
	{misbehaviour: misbehaviour{fault: "emits before its pid"}},
	{misbehaviour: misbehaviour{fault: "emits in its initializer"}},
	{misbehaviour: misbehaviour{fault: "prints"}},
	{misbehaviour: misbehaviour{fault: "fails"}, killed: true},
	{misbehaviour: misbehaviour{fault: "is killed"}, killed: true},
	{misbehaviour: misbehaviour{fault: "dies in a frame"}, killed: true},
	{misbehaviour: misbehaviour{fault: "closes its output"}, killed: true},
	{misbehaviour: misbehaviour{fault: "sends 200 MB"}, killed: true, check: func(a *aftermath) { a.boundedMemory(300) }},
}

func TestABadSpoutLosesNothingAndHurtsNobody(t *testing.T) {
	for _, spout := range badSpouts {
		t.Run(spout.fault, func(t *testing.T) {
			t.Parallel()
			spout.file = "spouts.yaml"
			a := spout.run(t)
			a.nothingLost(&spout.misbehaviour)
			a.nobodyElseNoticed()
			a.nothingLeft()
			faulty, processes := a.component("faulty"), len(a.noted("pids.faulty"))
			if spout.killed != (faulty.Restarts > 0) || spout.killed != (processes > 1) {
				t.Errorf("%d restarts, %d processes", faulty.Restarts, processes)
			}
			// What was open when its process ended the next one emits again; nothing else fails.
			emitted := len(a.noted("emitted"))
			if spout.killed != (emitted > 60) || a.replayed() > 0 {
				t.Errorf("%d tuples emitted of 60, %d failed", emitted, a.replayed())
			}
			if spout.check != nil {
				spout.check(a)
			}
			a.asInTheManual("spout " + spout.fault)
			t.Logf("%d emitted again, %d restarts, %.1f s, %d MiB", emitted-60, faulty.Restarts, a.summary.Seconds, a.peak)
		})
	}
}
