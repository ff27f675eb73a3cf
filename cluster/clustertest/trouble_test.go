package clustertest

import (
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// trouble has something fail, again and again.
func (w *world) trouble() {
	if w.healing {
		return
	}
	m := pick(w, w.machines)
	switch w.IntN(14) {
	case 0, 1:
		w.partition()
	case 2, 3:
		m.killAgent()
		w.after(w.between(200*time.Millisecond, 6*time.Second), m.startAgent)
	case 4:
		if m.agent != nil {
			d := w.between(200*time.Millisecond, 9*time.Second)
			w.tell("%s: the agent is frozen for %s", m.id, d)
			m.agent.freeze(d)
		}
	case 5:
		m.freeze(w.between(200*time.Millisecond, 9*time.Second))
	case 6:
		if !m.down {
			m.crash()
			w.after(w.between(500*time.Millisecond, 12*time.Second), m.boot)
		}
	case 7:
		m.lose()
	case 8: // whoever leads is in trouble more often
		for _, m := range w.machines {
			if m.agent != nil && m.agent.desk != nil {
				m.agent.freeze(w.between(200*time.Millisecond, 5*time.Second))
			}
		}
	default:
		w.hurt(m)
	}
	w.after(w.between(0, 2*w.unrest), w.trouble)
}

// hurt does something to one of a machine's workers.
func (w *world) hurt(m *machine) {
	if len(m.workers) == 0 {
		return
	}
	p := m.workers[pick(w, sortedKeys(m.workers))]
	switch w.IntN(3) {
	case 0:
		p.freeze(w.between(100*time.Millisecond, 9*time.Second))
	default:
		p.die("it is killed")
	}
}

// boot starts a machine that has crashed.
func (m *machine) boot() {
	if m.down && !m.lost {
		m.w.tell("%s is there again", m.id)
		m.down = false
		m.startAgent()
	}
}

// lose has a machine crash and not come back, where the cluster can live with that; another one takes its place.
func (m *machine) lose() {
	w := m.w
	for _, o := range w.machines {
		left, voters := 0, 0
		for _, member := range o.disk.members {
			if member.Voter {
				voters++
				if member.ID != m.id && w.machine(member.ID) != nil {
					left++
				}
			}
		}
		if voters > 0 && 2*left <= voters {
			return
		}
	}
	w.tell("%s is lost with its disk", m.id)
	if !m.down {
		m.crash()
	}
	m.lost = true
	for i, o := range w.machines {
		if o == m {
			w.machines = append(w.machines[:i:i], w.machines[i+1:]...)
		}
	}
	w.after(w.between(0, 5*time.Second), func() { w.addMachine().startAgent() })
}

// heal ends all trouble.
func (w *world) heal() {
	w.tell("all heals")
	w.healing = true
	clear(w.cut)
	for _, m := range w.machines {
		m.boot()
		m.startAgent()
	}
	w.undrain()
}

// undrain sees to it that there is room: all but one machine take workers.
func (w *world) undrain() {
	w.after(5*time.Second, func() {
		kept := false
		for _, m := range w.machines {
			if n := w.truth.state.Nodes[m.id]; n != nil && n.Draining {
				if kept {
					w.request(&fsm.DrainNode{ID: m.id})
					w.undrain()
					return
				}
				kept = true
			}
		}
	})
}
