package agent

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/consensus"
	"github.com/gstorm/gstorm/cluster/gossip"
)

// meta is what the agent tells of itself by gossip.
func (a *Agent) meta() gossip.Meta {
	m := gossip.Meta{
		Name: a.options.Name, Address: a.address, Version: a.options.Version, Protocol: protocol, Oldest: oldest, Cluster: a.belonging.id(), Logs: a.logs(),
	}
	if !m.Logs {
		m.Expect = a.options.Expect
	}
	return m
}

// logs reports whether the agent is a member of the log.
func (a *Agent) logs() bool {
	servers, err := a.consensus.Servers()
	if err != nil {
		return false
	}
	for _, s := range servers {
		if s.ID == a.id {
			return true
		}
	}
	return false
}

// lookEvery is how often it is looked whether the agent has become, or is no longer, a member of the log.
const lookEvery = 200 * time.Millisecond

// tellMeta sees to which cluster the agent is of, and tells the others when what they know of the agent is no longer so.
func (a *Agent) tellMeta(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	told := a.meta()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		a.belong()
		if m := a.meta(); m != told {
			told = m
			if err := a.gossip.SetMeta(m); err != nil {
				a.log.Warn("the others could not be told what is new of this agent", "error", err)
			}
		}
	}
}

// settle is how long an agent that would begin a new cluster listens before, whether there is one already.
const settle = 500 * time.Millisecond

// begin begins a new cluster where that is wanted, and returns.
func (a *Agent) begin(ctx context.Context) error {
	o := &a.options
	if a.logs() || !o.Bootstrap && o.Expect == 0 {
		return nil
	}
	look := time.NewTicker(settle / 5)
	defer look.Stop()
	for since := time.Now(); ; {
		members, _ := a.gossip.Members()
		waiting, first := 0, true
		for _, m := range members {
			switch {
			case m.Status != gossip.Alive:
			case m.Meta.Logs && m.ID != a.id:
				if o.Bootstrap {
					a.log.Warn("there is a cluster already, which the agent takes part in: none is begun", slog.String("by", m.Meta.Name))
				}
				return nil
			case o.Expect > 0 && m.Meta.Expect == o.Expect:
				waiting++
				first = first && m.ID >= a.id
			}
		}
		alone := len(o.Join) == 0 || len(members) > 1 // else nobody has been reached so far
		if o.Bootstrap && (alone && time.Since(since) >= settle/5 || time.Since(since) >= 4*settle) || o.Expect > 0 && waiting >= o.Expect && first && time.Since(since) >= settle {
			a.log.Info("a new cluster begins")
			return a.consensus.Bootstrap(consensus.Server{ID: a.id, Address: a.address, Voter: true})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// others are the addresses of the other agents that are there, in any order, those first that know who leads.
func (a *Agent) others() []string {
	members, _ := a.gossip.Members()
	rand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	var logs, rest []string
	for _, m := range members {
		switch {
		case m.ID == a.id || m.Status != gossip.Alive || m.Meta.Address == "":
		case m.Meta.Logs:
			logs = append(logs, m.Meta.Address)
		default:
			rest = append(rest, m.Meta.Address)
		}
	}
	return append(logs, rest...)
}

// leaderAddress is where the leader takes requests, or somebody who knows more; "": nobody is known. self: it is this agent.
func (a *Agent) leaderAddress() (address string, self bool) {
	if l := a.consensus.Leader(); l.ID != "" {
		return l.Address, l.ID == a.id
	}
	// Also one that is a member of the log, as far as it knows: it may have been forgotten while it was not there.
	for _, address := range a.others() {
		return address, false
	}
	return "", false
}

// roster is the members as gossip and the log know them.
func (a *Agent) roster() []api.Member {
	members, _ := a.gossip.Members()
	votes := map[string]bool{}
	if servers, err := a.consensus.Servers(); err == nil {
		for _, s := range servers {
			votes[s.ID] = s.Voter
		}
	}
	leader := a.consensus.Leader().ID
	var list []api.Member
	for _, m := range members {
		entry := api.Member{
			ID: m.ID, Name: m.Meta.Name, Address: m.Meta.Address, Status: string(m.Status), Since: m.Since, Version: m.Meta.Version,
		}
		switch {
		case m.ID == leader:
			entry.Role = "leader"
		case votes[m.ID]:
			entry.Role = "voter"
		}
		list = append(list, entry)
	}
	return list
}
