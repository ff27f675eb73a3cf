package acker

// Update is what one or more acks and fails came to for one root. It is for Ledger.Apply of the root's task.
type Update struct {
	Root   Root
	Xor    uint64
	Failed bool   // the root failed; Xor means nothing then
	Cause  *Cause // of the first failure; may be nil
}

// Updates is a batch of updates on their way to the ledgers: all that concerns one root in it is one Update. The zero
// value is empty and ready. It is for one goroutine at a time, and allocates nothing once it has been as full as it gets.
type Updates struct {
	index index // root -> 1 + its place in list
	list  []Update
}

// Add notes that v is to be XORed into a root.
func (u *Updates) Add(r Root, v uint64) { u.at(r).Xor ^= v }

// Fail notes that a root has failed. Of several failures the first one's cause stays.
func (u *Updates) Fail(r Root, cause *Cause) {
	if up := u.at(r); !up.Failed {
		up.Failed, up.Cause = true, cause
	}
}

// All returns the updates in the order in which their roots were first named. The slice is valid until the next call of
// Add, Fail or Reset.
func (u *Updates) All() []Update { return u.list }

// Len returns how many roots the batch is about.
func (u *Updates) Len() int { return len(u.list) }

// Reset empties the batch and keeps its memory.
func (u *Updates) Reset() {
	clear(u.list) // causes must not be kept alive from here
	u.list = u.list[:0]
	u.index.reset()
}

// at returns the update of a root. Neighbours in a stream are often of the same tree, hence the look at the last one.
func (u *Updates) at(r Root) *Update {
	if n := len(u.list); n > 0 && u.list[n-1].Root == r {
		return &u.list[n-1]
	}
	at := u.index.at(r)
	if *at == 0 {
		u.list = append(u.list, Update{Root: r})
		*at = int32(len(u.list))
	}
	return &u.list[*at-1]
}
