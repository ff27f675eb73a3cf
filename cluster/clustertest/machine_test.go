package clustertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// machine is one machine: its clock, its disk, and the processes that run on it.
type machine struct {
	w       *world
	id      string
	clock   clock
	disk    *disk
	node    fsm.Node
	agent   *agent           // nil: none runs
	workers map[key]*process // each has the lock of its folder
	pids    int
	down    bool
	lost    bool // with its disk: it does not come back
}

// key names a worker.
type key struct {
	topology string
	worker   int
}

func (w *world) addMachine() *machine {
	w.made++
	m := &machine{w: w, id: fmt.Sprintf("n%d", w.made), clock: newClock(w), disk: &disk{}, workers: map[key]*process{}}
	m.node = fsm.Node{ID: m.id, Name: m.id, Slots: 10, Version: "1"}
	w.machines = append(w.machines, m)
	return m
}

// machine is the one of that name, if it still exists.
func (w *world) machine(id string) *machine {
	for _, m := range w.machines {
		if m.id == id {
			return m
		}
	}
	return nil
}

// startAgent starts the agent, which finds what an earlier one has left.
func (m *machine) startAgent() {
	if m.agent != nil || m.down || m.lost {
		return
	}
	m.w.tell("%s: the agent starts", m.id)
	a := &agent{actor: actor{w: m.w, m: m}, restarts: map[key]*restart{}, pids: map[key]int{}}
	m.agent = a
	a.log = newMember(a, m.disk)
	a.after(m.w.between(0, message.ReportEvery), a.reportAgain)
}

// killAgent ends the agent. The workers go on.
func (m *machine) killAgent() {
	if m.agent == nil {
		return
	}
	m.w.tell("%s: the agent is dead", m.id)
	if m.w.one(2) {
		m.agent.log.save()
	}
	m.agent.dead = true
	m.agent = nil
}

// crash ends all that runs on the machine.
func (m *machine) crash() {
	m.w.tell("%s: crash", m.id)
	m.killAgent()
	for _, k := range sortedKeys(m.workers) {
		m.workers[k].die("the machine has crashed")
	}
	m.down = true
}

// freeze stops all that runs on the machine for a while.
func (m *machine) freeze(d time.Duration) {
	m.w.tell("%s: frozen for %s", m.id, d)
	if m.agent != nil {
		m.agent.freeze(d)
	}
	for _, k := range sortedKeys(m.workers) {
		m.workers[k].freeze(d)
	}
}

func sortedKeys[T any](of map[key]T) []key {
	keys := make([]key, 0, len(of))
	for k := range of {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.topology != b.topology {
			return strings.Compare(a.topology, b.topology)
		}
		return a.worker - b.worker
	})
	return keys
}
