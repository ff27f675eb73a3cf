package clustertest

import (
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/leader"
)

// What follows is what a leader of the log does, and what the others do with it.

// beat tells the others that it leads, again and again, and gives up when too few have answered.
func (r *member) beat(term uint64) {
	if r.role != leading || r.term != term {
		return
	}
	if !r.inTouch(r.a.w.trust) {
		r.become(follower, "")
		return
	}
	r.spread()
	r.a.after(heartbeat, func() { r.beat(term) })
}

// inTouch reports whether a majority has answered within that time.
func (r *member) inTouch(within time.Duration) bool {
	now := r.a.clock()
	return r.majority(func(id string) bool { return id == r.a.m.id || now-r.contact[id] < within })
}

// propose adds an entry to the leader's log.
func (r *member) propose(e entry, done func(known bool, err error)) {
	e.term = r.term
	r.log = append(r.log, e)
	index := uint64(len(r.log))
	if e.members != nil {
		r.members = e.members
	}
	r.waiting[index] = proposal{r.term, done}
	r.spread()
	r.advance()
}

// spread sends each other member what it lacks.
func (r *member) spread() {
	for _, m := range r.members {
		if m.ID != r.a.m.id {
			r.append(m.ID)
		}
	}
}

// append sends the whole log: what it has already a member does not write again.
func (r *member) append(id string) {
	entries := slices.Clip(r.log)
	term, commit, round := r.term, r.commit, r.round
	r.send(id, func(to *member) { to.appended(r.a.m.id, term, entries, commit, round) })
}

// appended is a message of a leader.
func (r *member) appended(from string, term uint64, entries []entry, commit, round uint64) {
	r.meet(term)
	if term == r.term {
		if r.role == leading {
			r.a.w.wrong("two leaders in term %d", term)
		}
		r.become(follower, from)
		r.heard = r.a.clock()
		r.a.hint = from
		r.take(entries)
		r.commit = max(r.commit, min(commit, uint64(len(entries))))
		r.apply()
	}
	now, match := r.term, uint64(len(entries))
	r.send(from, func(to *member) { to.answered(r.a.m.id, term, now, match, round) })
}

// take writes entries down, and drops what another leader has left there.
func (r *member) take(entries []entry) {
	for i := r.commit; i < uint64(len(entries)); i++ {
		if i < uint64(len(r.log)) && r.log[i].term == entries[i].term {
			continue
		}
		r.log = slices.Concat(r.log[:i], entries[i:])
		r.configure()
		return
	}
}

// answered is an answer to the leader.
func (r *member) answered(from string, term, now, match, round uint64) {
	r.meet(now)
	if r.role != leading || r.term != term || now != term {
		return
	}
	r.contact[from] = r.a.clock()
	r.rounds[from] = max(r.rounds[from], round)
	r.matches[from] = max(r.matches[from], match)
	r.verified()
	r.advance()
}

// advance commits what a majority has.
func (r *member) advance() {
	for index := uint64(len(r.log)); index > r.commit && r.log[index-1].term == r.term; index-- {
		if r.majority(func(id string) bool { return id == r.a.m.id || r.matches[id] >= index }) {
			r.commit = index
			r.apply()
			return
		}
	}
}

// apply applies what is committed.
func (r *member) apply() {
	for r.applied < r.commit {
		r.applied++
		index := r.applied
		e := &r.log[index-1]
		r.a.w.truth.committed(index, e)
		var err error
		if e.command != nil {
			s := r.state.Clone()
			err = s.Apply(index, e.command)
			r.state = s
		}
		if r.role == leading {
			if p, ok := r.waiting[index]; ok {
				delete(r.waiting, index)
				p.done(p.term == e.term, err)
			}
		}
	}
	if d := r.a.desk; d != nil {
		d.changed()
	}
	if r.role == leading && !r.votesOf(r.a.m.id) && r.commit >= r.configure() {
		r.become(follower, "")
	}
}

// verify asks a majority whether this is still the leader.
func (r *member) verify(done func(bool)) {
	r.round++
	r.verifying = append(r.verifying, verification{r.round, done})
	r.spread()
	r.verified()
}

func (r *member) verified() {
	for len(r.verifying) > 0 {
		v := r.verifying[0]
		if !r.majority(func(id string) bool { return id == r.a.m.id || r.rounds[id] >= v.round }) {
			return
		}
		r.verifying = r.verifying[1:]
		v.done(true)
	}
}

// change changes who the members are, one step at a time.
func (r *member) change(c leader.Change) {
	if r.role != leading || r.configure() > r.commit || r.since > r.commit {
		return
	}
	var members []leader.Member
	for _, m := range r.members {
		if m.ID != c.Member.ID {
			members = append(members, m)
		}
	}
	if !c.Remove {
		members = append(members, c.Member)
	}
	r.contact[c.Member.ID] = r.a.clock()
	r.a.w.tell("%s changes the members: %+v", r.a.m.id, c)
	r.propose(entry{members: members}, func(bool, error) {})
}
