package gossip

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// minRejoin and maxRejoin bound the wait before the others are looked for again.
	minRejoin, maxRejoin = time.Second, 5 * time.Second
	// seekers is how many agents look for those who are not heard of, of many, each time.
	seekers = 3
)

// Run finds the others, and says good-bye when ctx ends. It returns nil then. As long as nobody else is there, or somebody is
// not heard of, it tries again, for ever: two parts of a cluster that have lost each other gossip on, each by itself, and
// memberlist does not bring them together again.
func (g *Gossip) Run(ctx context.Context) error {
	wait := minRejoin
	for {
		if err := g.rejoin(); err != nil {
			g.log.Warn("no other agent can be reached; trying again", "error", err, "in", wait)
			wait = min(2*wait, maxRejoin)
		} else {
			wait = minRejoin
		}
		next := time.NewTimer(wait/2 + rand.N(wait))
		for waiting := true; waiting; {
			_, changed := g.Members()
			select {
			case <-ctx.Done():
				next.Stop()
				return g.leave()
			case <-changed:
				g.remember()
			case <-next.C:
				waiting = false
			}
		}
	}
}

// rejoin looks for others, if it is up to this one. The error is that nobody is there.
func (g *Gossip) rejoin() error {
	alive := g.list.NumMembers()
	if alive <= 1 {
		return g.join(slices.Concat(g.options.Join, g.remembered()))
	}
	lost := g.lost()
	if len(lost) > 0 && rand.IntN(alive) < seekers {
		if err := g.join(lost[rand.IntN(len(lost)):][:1]); err != nil {
			g.log.Debug("an agent that is not heard of can't be reached", "error", err)
		}
	}
	return nil
}

// lost are the addresses of those who are not heard of, and have not said good-bye.
func (g *Gossip) lost() (addresses []string) {
	members, _ := g.Members()
	for _, m := range members {
		// Another agent may be there by now.
		if m.Status == Failed && !slices.ContainsFunc(members, func(o Member) bool { return o.Gossip == m.Gossip && o.Status == Alive }) {
			addresses = append(addresses, m.Gossip)
		}
	}
	return addresses
}

// join tries addresses, but not its own. It is no error to know nobody.
func (g *Gossip) join(addresses []string) error {
	self := g.list.LocalNode().Address()
	addresses = slices.DeleteFunc(addresses, func(a string) bool { return a == self })
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	if len(addresses) == 0 {
		return nil
	}
	n, err := g.list.Join(addresses)
	if n > 0 {
		return nil
	}
	return hint(err, g.options.Cluster, g.keyring != nil)
}
