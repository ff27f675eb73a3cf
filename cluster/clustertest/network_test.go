package clustertest

import "time"

// send brings a message from one machine to another: some time later, now and then much later, twice or never.
func (w *world) send(from, to *machine, receive func()) {
	if from == to {
		w.after(w.between(10*time.Microsecond, 200*time.Microsecond), receive)
		return
	}
	if w.cut[[2]*machine{from, to}] || !w.healing && w.chance(w.loss) {
		return
	}
	w.after(w.delay(), receive)
	if !w.healing && w.chance(w.twice) {
		w.after(w.delay(), receive)
	}
}

// toDesk brings something to the desk of a machine's agent, by way of another machine. If the agent does not lead, wrong is called with
// who does, as far as it knows.
func (a *actor) toDesk(to, via *machine, there func(*desk), wrong func(hint string)) {
	arrive := func() {
		at := to.agent
		if at == nil {
			return
		}
		at.do(func() {
			if at.desk != nil {
				there(at.desk)
				return
			}
			hint := at.log.leader
			a.w.send(to, a.m, func() { a.do(func() { wrong(hint) }) })
		})
	}
	if via == a.m {
		a.w.send(a.m, to, arrive)
	} else {
		a.w.send(a.m, via, func() { a.w.send(via, to, arrive) })
	}
}

func (w *world) delay() time.Duration {
	if !w.healing && w.chance(w.late) {
		return w.between(0, w.slowest)
	}
	return w.between(500*time.Microsecond, 15*time.Millisecond)
}

// partition cuts what goes between machines, in both directions or in one, for a while.
func (w *world) partition() {
	var cut [][2]*machine
	both := !w.one(3)
	side := map[*machine]bool{pick(w, w.machines): true} // one machine from the others, or some
	if w.one(2) {
		for _, m := range w.machines {
			side[m] = w.one(2)
		}
	}
	part := 1 + w.IntN(2) // of the ways: half of them, or all
	for _, a := range w.machines {
		for _, b := range w.machines {
			if side[a] && !side[b] && w.IntN(2) < part {
				cut = append(cut, [2]*machine{a, b})
			}
		}
	}
	if both {
		for _, c := range cut {
			cut = append(cut, [2]*machine{c[1], c[0]})
		}
	} else if w.one(2) {
		for i, c := range cut {
			cut[i] = [2]*machine{c[1], c[0]}
		}
	}
	w.close(cut, w.IntN(4)*w.IntN(2))
}

// close cuts ways for a while, and flaps times more after short breaks.
func (w *world) close(cut [][2]*machine, flaps int) {
	if w.healing {
		return
	}
	for _, c := range cut {
		w.cut[c] = true
		w.tell("cut: from %s to %s", c[0].id, c[1].id)
	}
	w.after(w.between(500*time.Millisecond, 15*time.Second/time.Duration(1+flaps)), func() {
		w.tell("ways are free again")
		for _, c := range cut {
			delete(w.cut, c)
		}
		if flaps > 0 {
			w.after(w.between(0, time.Second), func() { w.close(cut, flaps-1) })
		}
	})
}
