package gossip

import (
	"encoding/json"
	"errors"
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

// alive is asked whether what is heard of an agent counts. One that was a member a moment ago, and comes back as another, is
// told of the members by packets, before it greets anybody.
type alive struct{ *Gossip }

// NotifyAlive is called for every message that says that an agent is there.
func (a alive) NotifyAlive(n *memberlist.Node) error {
	var c card
	if n.Name == a.options.ID || json.Unmarshal(n.Meta, &c) != nil { // note says so
		return nil
	}
	a.mu.Lock()
	r := judgeMeta(a.card.Meta, c.Meta, a.options.Cluster)
	a.mu.Unlock()
	if r == nil {
		return nil
	}
	if a.said.May("alive " + n.Name + " " + r.Kind) {
		a.log.Warn("an agent that would be a member is not taken for one", slog.String("name", c.Name), slog.String("address", n.Address()),
			slog.String("because", r.Reason))
	}
	return errors.New(r.Reason)
}

// conflicts is what memberlist tells of two agents with one id.
type conflicts struct{ *Gossip }

// NotifyConflict is called when another claims the id of one that is there.
func (c conflicts) NotifyConflict(existing, other *memberlist.Node) {
	if !c.said.May("conflict " + existing.Name + " " + other.Address()) {
		return
	}
	c.log.Error("two agents have the same id: the second is ignored. Was a data folder copied? Each agent needs one of its own",
		slog.String("id", existing.Name), slog.String("first", existing.Address()), slog.String("second", other.Address()))
}
