// Package consensus has every voter of a cluster apply the same commands in the same order: it is hashicorp/raft with
// gstorm's state (package fsm), its log in a bbolt file, and its connections. Nothing else imports raft.
package consensus
