package gossip

import (
	"context"
	"errors"
	"log/slog"
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
// memberlist does not bring them together again. An agent that all others refuse to let in, for a reason that does not pass,
// ends with a *RefusedError, unless it keeps the cluster's log: then it has more to do than to join, and tries again, as does
// one that some of the others have not even answered.
func (g *Gossip) Run(ctx context.Context) error {
	wait := minRejoin
	for {
		if err := g.rejoin(); errors.As(err, new(*RefusedError)) {
			return errors.Join(err, g.Close())
		} else if err != nil {
			level := slog.LevelDebug
			if g.said.May("join " + err.Error()) {
				level = slog.LevelWarn
			}
			g.log.Log(ctx, level, "this agent could not join any other; trying again", "error", err)
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
	g.mu.Lock()
	g.attempt = attempt{}
	g.mu.Unlock()
	n, err := g.list.Join(addresses)
	if n > 0 {
		return nil
	}
	if err == nil {
		return errors.New("none of the others answers")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	a := &g.attempt
	switch tried := failures(err); {
	case tried == a.own:
		return nil // nobody else was named
	case a.last != nil && !a.passing && a.refusals+a.own == tried && !g.card.Logs:
		return a.last
	}
	return oneLine(err)
}
