package clustertest

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/leader"
)

var (
	seeds = flag.Uint64("seeds", usual, "how many histories are played")
	first = flag.Uint64("first", 0, "the seed of the first history")
	trace = flag.Int("trace", 60, "how many of the last events of a history that fails are printed")
)

// TestHistories plays histories of clusters, each from a seed, and fails where a task runs twice, something that was promised is
// lost, or a cluster does not come to rest after all has healed.
//
//	go test ./cluster/clustertest -seeds 10000
//	go test ./cluster/clustertest -first 123 -seeds 1 -trace 500
func TestHistories(t *testing.T) {
	var next atomic.Uint64
	var sum tally
	var players sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		players.Go(func() {
			for n := next.Add(1) - 1; n < *seeds && !t.Failed(); n = next.Add(1) - 1 {
				seed := *first + n
				if err := play(seed, nil, &sum); err != nil {
					var lines lines
					again := play(seed, &lines, new(tally))
					t.Errorf("seed %d: %v\n%s", seed, err, strings.Join(lines[max(0, len(lines)-*trace):], "\n"))
					if again == nil || again.Error() != err.Error() {
						t.Errorf("seed %d has not come to the same again: %v", seed, again)
					}
				}
			}
		})
	}
	players.Wait()
	t.Logf("%d histories of %s, %d leaders, %d commands, %d promises to users, %d beginnings of workers, %d topologies that came to their end; at rest %s after the healing on average",
		sum.histories.Load(), time.Duration(sum.time.Load()).Round(time.Second), sum.leaders.Load(), sum.commands.Load(), sum.promises.Load(), sum.begun.Load(), sum.ran.Load(),
		(time.Duration(sum.healing.Load()) / time.Duration(max(sum.histories.Load(), 1))).Round(time.Millisecond))
}

// tally is what has happened in all histories: a simulation in which nothing happens proves nothing.
type tally struct {
	histories, leaders, commands, promises, begun, ran, time, healing atomic.Int64
}

// lines are a trace.
type lines []string

const (
	aftermath = 10 * time.Second  // frozen processes and late messages may still come then
	healed    = 150 * time.Second // within that after all has healed the cluster comes to rest
	quiet     = 4 * time.Second   // and then nothing changes any more
)

// play plays the history of a seed.
func play(seed uint64, out *lines, sum *tally) (err error) {
	defer func() {
		if v, ok := recover().(violation); ok {
			err = fmt.Errorf("%s", v.what)
		}
	}()
	w := newWorld(seed, out)
	w.begin()
	w.run(w.between(10*time.Second, 50*time.Second))
	w.heal()
	since := w.now
	reason := ""
	settled := func() bool {
		reason = w.truth.unsettled()
		return reason == ""
	}
	w.run(since + aftermath)
	var rest time.Duration
	for {
		for w.run(w.now + 250*time.Millisecond); !settled(); w.run(w.now + 250*time.Millisecond) {
			if w.now-since > healed {
				w.wrong("the cluster does not come to rest: %s", reason)
			}
		}
		rest = w.now
		commands, begun := w.truth.commands, w.truth.begun
		if w.run(w.now + quiet); commands == w.truth.commands && begun == w.truth.begun {
			break
		}
		if w.now-since > healed {
			w.wrong("the cluster does not stay at rest")
		}
	}
	if !settled() {
		w.wrong("the cluster does not stay at rest: %s", reason)
	}
	w.truth.kept()
	sum.histories.Add(1)
	sum.leaders.Add(int64(len(w.truth.leaders)))
	sum.commands.Add(int64(w.truth.commands))
	sum.begun.Add(int64(w.truth.begun))
	sum.ran.Add(int64(w.truth.ran))
	sum.time.Add(int64(w.now))
	sum.healing.Add(int64(rest - since))
	sum.promises.Add(int64(w.truth.promised))
	return nil
}

// begin makes a cluster.
func (w *world) begin() {
	w.truth.voters = pick(w, []int{1, 3, 3, 3, 5})
	for range 3 + w.IntN(5) {
		w.addMachine()
	}
	n := 1
	if w.one(2) {
		n = min(w.truth.voters, len(w.machines)-1+len(w.machines)%2)
	}
	first := entry{term: 1}
	for _, m := range w.machines[:n] {
		first.members = append(first.members, leader.Member{ID: m.id, Voter: true})
	}
	for _, m := range w.machines[:n] {
		m.disk.term, m.disk.log, m.disk.members = 1, []entry{first}, first.members
	}
	for _, m := range w.machines {
		w.after(w.between(0, time.Second), m.startAgent)
	}
	w.after(w.between(0, 3*time.Second), w.want)
	w.after(w.between(0, 5*time.Second), w.trouble)
}
