package gossip

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/gstorm/gstorm/internal/replacefile"
	"github.com/gstorm/gstorm/internal/seldom"
)

const (
	// leaveTimeout bounds how long a good-bye takes.
	leaveTimeout = 2 * time.Second
	// reclaimAfter is for how long a member that has failed keeps its id from one at another address: pods get another one at
	// each start.
	reclaimAfter = 5 * time.Second
)

// Options are what a Gossip needs. ID, Cluster, Bind and Logger must be set.
type Options struct {
	ID      string
	Cluster string // the cluster's name: agents of others are not let in
	Meta    Meta
	// Bind is the address to listen at, HOST:PORT, for TCP and UDP; Advertise the one that others are told, if it is another.
	Bind, Advertise string
	Join            []string // addresses of others; names are resolved anew at each try
	// Peers is a file in which the others are remembered, for a start when none of Join is there any more; "": none.
	Peers string
	Keys  [][]byte // of 16, 24 or 32 bytes; the first encrypts, all decrypt; none: nothing is encrypted
	// Secure: the agent's other connections are by TLS. Those who have none are not let in, nor the other way round.
	Secure bool
	Logger *slog.Logger
	// Pace scales the times in which a loss is noticed. 1, and 0: memberlist's for a local network. Tests take less.
	Pace float64
}

// Gossip is an agent's part in the gossip. Its methods may be called from any goroutine.
type Gossip struct {
	options Options
	list    *memberlist.Memberlist
	keyring *memberlist.Keyring
	log     *slog.Logger

	mu      sync.Mutex // guards all below
	members map[string]Member
	changed chan struct{} // closed when members is another
	card    card
	meta    []byte // card, as it goes over the network
	attempt attempt
	closed  bool

	said seldom.Speaker
}

// New listens, and knows of nobody else before Run is called. The caller then calls Run, or Close.
func New(o Options) (*Gossip, error) {
	g := &Gossip{options: o, log: o.Logger, members: map[string]Member{}, changed: make(chan struct{})}
	var err error
	g.card = card{Meta: o.Meta}
	if g.meta, err = g.card.encode(); err != nil {
		return nil, err
	}
	c := memberlist.DefaultLANConfig()
	c.Name, c.Label = o.ID, o.Cluster
	if c.BindAddr, c.BindPort, err = split("bind", o.Bind); err != nil {
		return nil, err
	}
	c.AdvertisePort = c.BindPort
	if o.Advertise != "" {
		if c.AdvertiseAddr, c.AdvertisePort, err = split("advertise", o.Advertise); err != nil {
			return nil, err
		}
	}
	if len(o.Keys) > 0 {
		if g.keyring, err = memberlist.NewKeyring(o.Keys, o.Keys[0]); err != nil {
			return nil, fmt.Errorf("the key of the cluster: %w", err)
		}
		c.Keyring = g.keyring
	}
	c.DeadNodeReclaimTime = reclaimAfter
	c.Delegate, c.Events, c.Alive, c.Conflict = delegate{g}, events{g}, alive{g}, conflicts{g}
	c.LogOutput = g.lines()
	pace(c, o.Pace)
	t, err := g.listen(c.BindAddr, c.BindPort)
	if err != nil {
		return nil, fmt.Errorf("gossip at %s: %w", o.Bind, err)
	}
	if c.Transport = t; c.BindPort == 0 {
		c.BindPort = t.GetAutoBindPort()
	}
	if c.AdvertisePort == 0 {
		c.AdvertisePort = c.BindPort
	}
	if g.list, err = memberlist.Create(c); err != nil {
		return nil, errors.Join(fmt.Errorf("gossip at %s: %w", o.Bind, err), t.Shutdown())
	}
	return g, nil
}

func pace(c *memberlist.Config, factor float64) {
	if factor <= 0 {
		return
	}
	for _, d := range []*time.Duration{&c.ProbeInterval, &c.ProbeTimeout, &c.GossipInterval, &c.PushPullInterval, &c.DeadNodeReclaimTime} {
		*d = time.Duration(float64(*d) * factor)
	}
}

// split takes apart HOST:PORT.
func split(what, address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil {
		return "", 0, fmt.Errorf("the address to %s, %q, is not HOST:PORT: %w", what, address, err)
	}
	return host, port, nil
}

// leave says good-bye. That an agent leaves it tells of itself first, as memberlist does not hand on why one is gone.
func (g *Gossip) leave() error {
	g.mu.Lock()
	closed := g.closed
	g.mu.Unlock()
	if closed {
		return nil
	}
	err := g.tell(card{Meta: g.options.Meta, Leaving: true})
	if err = errors.Join(err, g.list.Leave(leaveTimeout)); err != nil {
		g.log.Warn("the others could not be told that this agent leaves", "error", err)
	}
	return g.list.Shutdown()
}

// Close ends at once without a good-bye, so that the others find a loss. It is for who does not call Run, and for tests.
func (g *Gossip) Close() error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	return g.list.Shutdown()
}

// Members are all that are known, this one among them, by id; and a channel that is closed when they are others.
func (g *Gossip) Members() ([]Member, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.SortedFunc(maps.Values(g.members), func(a, b Member) int { return cmp.Compare(a.ID, b.ID) }), g.changed
}

// Address is where others reach this one.
func (g *Gossip) Address() string { return g.list.LocalNode().Address() }

// SetMeta tells the others something else of this agent.
func (g *Gossip) SetMeta(m Meta) error {
	return g.tell(card{Meta: m})
}

func (g *Gossip) tell(c card) error {
	text, err := c.encode()
	if err != nil {
		return err
	}
	g.mu.Lock()
	g.card, g.meta = c, text
	g.mu.Unlock()
	return g.list.UpdateNode(leaveTimeout)
}

// note notes how it stands with a member.
func (g *Gossip) note(n *memberlist.Node, status Status) {
	m := Member{ID: n.Name, Gossip: n.Address(), Status: status, Since: time.Now()}
	var c card
	if err := json.Unmarshal(n.Meta, &c); err != nil {
		g.log.Warn("an agent tells of itself what can't be understood", "id", n.Name, "address", m.Gossip, "error", err)
	}
	if m.Meta = c.Meta; status == Failed && c.Leaving {
		m.Status = Left
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if before, known := g.members[m.ID]; known && before.Status == m.Status {
		m.Since = before.Since
	}
	g.members[m.ID] = m
	close(g.changed)
	g.changed = make(chan struct{})
}

// remember writes down where the others are.
func (g *Gossip) remember() {
	if g.options.Peers == "" {
		return
	}
	var addresses []string
	members, _ := g.Members()
	for _, m := range members {
		if m.ID != g.options.ID && m.Status != Left {
			addresses = append(addresses, m.Gossip)
		}
	}
	text, err := json.Marshal(addresses)
	if err == nil {
		err = replacefile.Write(g.options.Peers, text)
	}
	if err != nil {
		g.log.Warn("where the other agents are can't be written down", "error", err)
	}
}

func (g *Gossip) remembered() (addresses []string) {
	if g.options.Peers == "" {
		return nil
	}
	text, err := os.ReadFile(g.options.Peers)
	if err == nil {
		err = json.Unmarshal(text, &addresses)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		g.log.Warn("where the other agents were can't be read", "error", err)
	}
	return addresses
}
