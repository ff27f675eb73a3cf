// Package past keeps what the workers of a node have counted for a topology, over all their lives, and how that was in time, in
// files of bounded size:
//
//	DIR/past/word-count-17/now        what was counted up to now, and by which lives of workers
//	DIR/past/word-count-17/1s.ring    how much that was every second, for ten minutes
//	DIR/past/word-count-17/10s.ring   every 10 s, for three hours
//	DIR/past/word-count-17/60s.ring   every minute, for a day
//
// All are of one form (see ring), whose reader takes what is whole and leaves out the rest. Nothing is synced to the disk: an
// agent that is killed loses nothing, a machine that loses power some seconds. A Book is written by the agent of the node; a
// Curve is what somebody else reads of it.
package past
