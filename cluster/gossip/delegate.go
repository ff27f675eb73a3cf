package gossip

import (
	"log/slog"

	"github.com/hashicorp/memberlist"
)

// delegate is what memberlist asks of an agent: what it tells of itself. Nothing else goes through gossip.
type delegate struct{ *Gossip }

// NodeMeta is what the agent tells of itself; encode has seen to its size.
func (d delegate) NodeMeta(int) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.meta
}

// NotifyMsg ignores what nobody sends.
func (delegate) NotifyMsg([]byte) {}

// GetBroadcasts has none.
func (delegate) GetBroadcasts(int, int) [][]byte { return nil }

// LocalState is nothing.
func (delegate) LocalState(bool) []byte { return nil }

// MergeRemoteState ignores it.
func (delegate) MergeRemoteState([]byte, bool) {}

// events is what memberlist tells of members.
type events struct{ *Gossip }

// NotifyJoin is called for one that is there, also this one.
func (e events) NotifyJoin(n *memberlist.Node) { e.note(n, Alive) }

// NotifyUpdate is called for one that tells something else of itself.
func (e events) NotifyUpdate(n *memberlist.Node) { e.note(n, Alive) }

// NotifyLeave is called for one that has failed, or has left after it had said so.
func (e events) NotifyLeave(n *memberlist.Node) { e.note(n, Failed) }

// conflicts is what memberlist tells of two agents with one id.
type conflicts struct{ *Gossip }

// NotifyConflict is called when another claims the id of one that is there.
func (c conflicts) NotifyConflict(existing, other *memberlist.Node) {
	c.log.Error("two agents have the same id: the second is ignored. Was a data folder copied? Each agent needs one of its own",
		slog.String("id", existing.Name), slog.String("first", existing.Address()), slog.String("second", other.Address()))
}
