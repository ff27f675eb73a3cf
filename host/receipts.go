package host

import "sync"

// receipts tell what a bolt that never acks (gstorm.acks: false) is through with. A library reads its input in order, so
// when it answers a heartbeat it has processed every tuple that was written before that. Sooner than that nothing is known: to
// ack a tuple as it is written would lose, with nobody told, all that a process that dies still had in its pipe; and to
// wait for the bolt to read the next one would leave the last one unanswered for ever.
//
// Libraries that process a tuple in the background (promises in JavaScript) answer when they have begun with it.
type receipts struct {
	mu    sync.Mutex // guards asked
	asked []uint64   // heartbeats that have no answer yet, in their order
}

// ask notes a heartbeat that is about to be written.
func (r *receipts) ask(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, id)
}

// waiting reports whether an answer is to come.
func (r *receipts) waiting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked) > 0
}

// answer notes an answer, and returns the id of the heartbeat that it is to: all tuples with lower ones were written
// before that. ok is false if none was asked for.
func (r *receipts) answer() (id uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) == 0 {
		return 0, false
	}
	id = r.asked[0]
	r.asked = append(r.asked[:0], r.asked[1:]...)
	return id, true
}
