package leader

import (
	"cmp"
	"slices"
)

// Candidate is an agent that may be a member of the log, as it stands.
type Candidate struct {
	ID      string
	Address string
	Alive   bool
	Leader  bool
	Applied uint64 // how far it has got in the log
}

// Member is one of the log's members.
type Member struct {
	ID      string
	Address string
	Voter   bool
}

// Change is a step in who the members are. Steps are taken one at a time.
type Change struct {
	Member Member
	Remove bool
}

// lag is how many entries a member may be behind to be given a vote.
const lag = 1000

// Voters is the next step towards want members of the log, or nil. Candidates are all agents of the cluster, also those that
// are not heard of at the moment.
//
// As many members vote as an odd number allows, since an even one survives the loss of no more than one less: of two agents
// one votes, and the other keeps a copy. A voter that is not alive is replaced where somebody can take its place, and else
// kept: it may come back. A new member first gets the log, and then its vote.
//
// Who is not heard of may be there all the same, so no step is taken after which a majority of the voters would not be alive:
// it might never be committed, and yet keep all others from being elected.
func Voters(want int, last uint64, members []Member, candidates []Candidate) *Change {
	w := newWard(members, candidates)
	if c := w.step(want, last, candidates); c != nil && w.leads(c) {
		return c
	}
	return nil
}

// leads reports whether a majority of the voters is alive after a change.
func (w *ward) leads(c *Change) bool {
	alive, all := len(w.voters), len(w.voters)+len(w.dead)
	for _, m := range w.voters {
		if m.ID == c.Member.ID {
			alive, all = alive-1, all-1
		}
	}
	for _, m := range w.dead {
		if m.ID == c.Member.ID {
			all--
		}
	}
	if !c.Remove && c.Member.Voter {
		alive, all = alive+1, all+1 // who gets a vote, or another address, is alive
	}
	return 2*alive > all
}

func (w *ward) step(want int, last uint64, candidates []Candidate) *Change {
	votes := min(want, len(candidates))
	if votes%2 == 0 {
		votes--
	}
	votes = max(votes, 1)
	alive := len(w.voters)
	switch {
	case w.moved != nil:
		return &Change{Member: *w.moved}
	case len(w.gone) > 0:
		return &Change{Member: w.gone[0], Remove: true}
	case alive < votes && len(w.waiting) > 0:
		if m := w.waiting[0]; w.of(m).Applied+lag >= last {
			return &Change{Member: Member{m.ID, m.Address, true}}
		}
		return nil // it is still getting the log
	case alive >= votes && len(w.dead) > 0:
		return &Change{Member: w.dead[0], Remove: true} // others have taken its place
	case alive > votes:
		for _, m := range slices.Backward(w.voters) {
			if !w.of(m).Leader {
				return &Change{Member: Member{m.ID, m.Address, false}}
			}
		}
		return nil
	case alive+len(w.waiting) < want && len(w.spare) > 0:
		return &Change{Member: w.spare[0]}
	case alive+len(w.waiting) > want && len(w.waiting) > 0:
		return &Change{Member: w.waiting[len(w.waiting)-1], Remove: true}
	}
	return nil
}

// ward is the members and candidates, sorted by how they are, each list by id.
type ward struct {
	byID    map[string]*Candidate
	voters  []Member // that are alive
	dead    []Member // voters that are not
	waiting []Member // without a vote, and alive
	gone    []Member // without a vote, and not
	spare   []Member // candidates that are alive, and no members
	moved   *Member  // is reached elsewhere now
}

func newWard(members []Member, candidates []Candidate) *ward {
	w := &ward{byID: map[string]*Candidate{}}
	for i := range candidates {
		w.byID[candidates[i].ID] = &candidates[i]
	}
	known := map[string]bool{}
	for _, m := range members {
		known[m.ID] = true
		c := w.byID[m.ID]
		alive := c != nil && c.Alive
		switch {
		case alive && c.Address != m.Address:
			w.moved = &Member{m.ID, c.Address, m.Voter}
		case m.Voter && alive:
			w.voters = append(w.voters, m)
		case m.Voter:
			w.dead = append(w.dead, m)
		case alive:
			w.waiting = append(w.waiting, m)
		default:
			w.gone = append(w.gone, m)
		}
	}
	for _, c := range candidates {
		if c.Alive && !known[c.ID] {
			w.spare = append(w.spare, Member{c.ID, c.Address, false})
		}
	}
	for _, list := range [][]Member{w.voters, w.dead, w.waiting, w.gone, w.spare} {
		slices.SortFunc(list, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	}
	return w
}

func (w *ward) of(m Member) *Candidate { return w.byID[m.ID] }
