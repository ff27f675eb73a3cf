package clustertest

import (
	"bytes"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/leader"
)

// member is an agent's part in the replicated log: Raft, message by message, with what hashicorp/raft does beside: members
// without a vote, changes of one member at a time, a leader that steps down when no majority answers, voters that deny their
// vote while they hear from a leader, and the question whether a leader still leads.
type member struct {
	a *agent
	*disk
	role    role
	leader  string // as far as it knows; "": it knows of none
	commit  uint64
	applied uint64
	state   *fsm.State
	heard   time.Duration // from a leader, by the machine's clock
	due     int           // counts the elections that it has waited for: others are void

	votes     map[string]bool
	matches   map[string]uint64
	contact   map[string]time.Duration
	rounds    map[string]uint64 // the last that each has answered
	round     uint64
	since     uint64              // the entry that its term began with
	waiting   map[uint64]proposal // by index
	verifying []verification
}

type role int

const (
	follower role = iota
	candidate
	leading
)

// disk is what a member of the log has written down.
type disk struct {
	term     uint64
	voted    string
	log      []entry // log[i] has the index i+1
	members  []leader.Member
	snapshot []byte
	upTo     uint64 // the last entry that is in the snapshot
}

// entry is an entry of the log: a command, a change of the members, or what a term begins with.
type entry struct {
	term    uint64
	command fsm.Command
	members []leader.Member
	finish  bool // it is a leader's decision that a topology has come to its end by itself
}

// proposal is who waits for an entry.
type proposal struct {
	term uint64
	done func(known bool, err error)
}

type verification struct {
	round uint64
	done  func(bool)
}

const (
	heartbeat       = 200 * time.Millisecond
	electionTimeout = time.Second // at least; at most twice that
)

func newMember(a *agent, d *disk) *member {
	r := &member{a: a, disk: d, state: &fsm.State{}, heard: a.clock() - electionTimeout}
	if d.snapshot != nil {
		s, err := fsm.ReadState(bytes.NewReader(d.snapshot))
		if err != nil {
			a.w.wrong("%v", err)
		}
		r.state, r.applied, r.commit = s, d.upTo, d.upTo
	}
	r.expect()
	return r
}

// save writes a snapshot.
func (r *member) save() {
	var text bytes.Buffer
	if _, err := r.state.WriteTo(&text); err != nil {
		r.a.w.wrong("%v", err)
	}
	r.snapshot, r.upTo = text.Bytes(), r.applied
}

func (r *member) last() (index, term uint64) {
	if n := len(r.log); n > 0 {
		return uint64(n), r.log[n-1].term
	}
	return 0, 0
}

// configure finds out who the members are: the last change counts as soon as it is in the log.
func (r *member) configure() (index uint64) {
	for i := len(r.log) - 1; i >= 0; i-- {
		if r.log[i].members != nil {
			r.members = r.log[i].members
			return uint64(i + 1)
		}
	}
	r.members = nil
	return 0
}

func (r *member) votesOf(id string) bool {
	for _, m := range r.members {
		if m.ID == id {
			return m.Voter
		}
	}
	return false
}

// majority reports whether a majority of the voters is so.
func (r *member) majority(so func(id string) bool) bool {
	voters, n := 0, 0
	for _, m := range r.members {
		if m.Voter {
			voters++
			if so(m.ID) {
				n++
			}
		}
	}
	return voters > 0 && 2*n > voters
}

// send sends something to another member, which may have been started anew when it comes.
func (r *member) send(id string, receive func(to *member)) {
	to := r.a.w.machine(id)
	if to == nil {
		return
	}
	r.a.w.send(r.a.m, to, func() {
		if a := to.agent; a != nil {
			a.do(func() { receive(a.log) })
		}
	})
}

// expect waits for a leader.
func (r *member) expect() {
	r.due++
	due := r.due
	r.a.after(r.a.w.between(electionTimeout, 2*electionTimeout), func() {
		if due != r.due || r.role == leading {
			return
		}
		if r.a.clock()-r.heard >= electionTimeout {
			if r.leader = ""; r.votesOf(r.a.m.id) {
				r.stand()
			}
		}
		r.expect()
	})
}

// stand has itself elected.
func (r *member) stand() {
	r.become(candidate, "")
	r.term++
	r.voted = r.a.m.id
	r.votes = map[string]bool{r.a.m.id: true}
	r.a.w.tell("%s stands for term %d", r.a.m.id, r.term)
	index, last := r.last()
	term := r.term
	for _, m := range r.members {
		if id := m.ID; m.Voter && id != r.a.m.id {
			r.send(id, func(to *member) { to.vote(r.a.m.id, term, index, last) })
		}
	}
	r.count()
}

func (r *member) vote(from string, term, index, last uint64) {
	if term > r.term && r.a.clock()-r.heard < electionTimeout || r.role == leading && term > r.term && r.inTouch(electionTimeout) {
		return // there is a leader, as far as it knows
	}
	r.meet(term)
	i, t := r.last()
	grant := term == r.term && (r.voted == "" || r.voted == from) && (last > t || last == t && index >= i)
	if grant {
		r.voted = from
		r.expect()
	}
	now := r.term
	r.send(from, func(to *member) {
		to.meet(now)
		if to.role == candidate && to.term == term && grant {
			to.votes[r.a.m.id] = true
			to.count()
		}
	})
}

// meet follows a newer term.
func (r *member) meet(term uint64) {
	if term > r.term {
		r.become(follower, "")
		r.term, r.voted = term, ""
	}
}

func (r *member) become(as role, leader string) {
	was := r.role
	r.role, r.leader = as, leader
	if was == leading && as != leading {
		r.a.w.tell("%s no longer leads in term %d", r.a.m.id, r.term)
		for _, v := range r.verifying {
			v.done(false)
		}
		for _, p := range r.waiting {
			p.done(false, nil)
		}
		r.verifying, r.waiting = nil, nil
		r.a.closeDesk()
		r.expect()
	}
}

func (r *member) count() {
	if r.role != candidate || !r.majority(func(id string) bool { return r.votes[id] }) {
		return
	}
	r.a.w.truth.elected(r.term, r.a.m.id)
	r.become(leading, r.a.m.id)
	r.matches, r.rounds = map[string]uint64{}, map[string]uint64{}
	r.contact, r.waiting = map[string]time.Duration{}, map[uint64]proposal{}
	now := r.a.clock()
	for _, m := range r.members {
		r.contact[m.ID] = now
	}
	r.since = uint64(len(r.log)) + 1
	term := r.term
	r.propose(entry{}, func(known bool, _ error) {
		if known && r.role == leading && r.term == term {
			r.a.openDesk()
		}
	})
	r.beat(term)
}
