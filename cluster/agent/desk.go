package agent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/consensus"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/gossip"
	"github.com/gstorm/gstorm/cluster/leader"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/internal/clock"
)

// desk is where the leader works, if this agent is that.
type desk struct {
	*Agent
	wake   chan struct{} // holds one when there may be something to decide
	verify *verifier

	mu       sync.Mutex // guards all below
	leader   *leader.Leader
	problems map[string][]string // of the last decision, by topology
}

func newDesk(a *Agent) *desk {
	return &desk{Agent: a, wake: make(chan struct{}, 1), verify: newVerifier(a.consensus.Verify)}
}

// errNoLeader is for whoever asks an agent that does not lead, or not yet.
var errNoLeader = &api.Error{Kind: api.NoLeader, Message: "the cluster has no leader at the moment: a majority of its voters must be there"}

// run leads whenever this agent is the leader.
func (d *desk) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case leads := <-d.consensus.Leading():
			if !leads {
				continue
			}
		}
		if d.term(ctx); ctx.Err() != nil {
			d.handOver()
			return nil
		}
		d.log.Info("this agent no longer leads")
	}
}

// term leads until another one does, or ctx ends.
func (d *desk) term(ctx context.Context) {
	lead, end := context.WithCancel(ctx)
	var leading sync.WaitGroup
	defer leading.Wait()
	defer end()
	leading.Go(func() { d.lead(lead) })
	for {
		select {
		case <-ctx.Done():
			return
		case leads := <-d.consensus.Leading():
			if !leads {
				return
			}
		}
	}
}

// handOver has another voter lead, if there is one, before this one ends.
func (d *desk) handOver() {
	servers, err := d.consensus.Servers()
	if _, self := d.leaderAddress(); err != nil || !self {
		return
	}
	voters := 0
	for _, s := range servers {
		if s.Voter {
			voters++
		}
	}
	if voters > 1 {
		if err := d.consensus.HandOver(); err != nil {
			d.log.Info("no other agent could be made the leader; one will be elected", "error", err)
		}
	}
}

// The pace of the leader.
const (
	decideEvery  = 500 * time.Millisecond
	membersEvery = time.Second
)

// lead leads for one term.
func (d *desk) lead(ctx context.Context) {
	for {
		err := d.consensus.Barrier()
		if err == nil {
			break
		}
		if ctx.Err() != nil || errors.As(err, new(*consensus.NotLeaderError)) {
			return
		}
	}
	state, _ := d.consensus.State()
	ending := &undertaker{d.Agent, map[string][]fsm.Worker{}}
	d.mu.Lock()
	d.leader, d.problems = leader.New(clock.Now(), d.consensus.Term(), state), nil
	d.mu.Unlock()
	d.log.Info("this agent leads the cluster")
	defer func() {
		d.mu.Lock()
		d.leader = nil
		d.mu.Unlock()
	}()
	var showing sync.WaitGroup
	defer showing.Wait()
	showing.Go(func() { d.page.server.RunRestarts(ctx) })
	if d.options.UI {
		showing.Go(func() { d.page.server.Run(ctx) })
	}
	decide := time.NewTicker(decideEvery)
	defer decide.Stop()
	members := time.NewTicker(membersEvery)
	defer members.Stop()
	for {
		state, changed := d.consensus.State()
		d.decide(ctx, state, ending)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-d.wake:
		case <-decide.C:
		case <-members.C:
			d.changeMembers()
		}
	}
}

// decide has done what is to be done.
func (d *desk) decide(ctx context.Context, state *fsm.State, ending *undertaker) {
	farewell := d.farewell()
	d.mu.Lock()
	decision := d.leader.Decide(clock.Now(), time.Now(), state)
	d.problems = decision.Problems
	decision.Commands = append(decision.Commands, d.leader.Departures(clock.Now(), time.Now(), state, farewell)...)
	d.mu.Unlock()
	for _, c := range decision.Commands {
		ending.see(ctx, state, c)
		err := d.consensus.Apply(c)
		switch {
		case err == nil || errors.As(err, new(*fsm.StaleError)): // what has become different is decided anew
		case errors.As(err, new(*consensus.NotLeaderError)):
			return
		default:
			d.log.Warn("a decision of the leader could not be carried out", "error", err)
		}
	}
}

// farewell is what there is to know of nodes that are not heard of.
func (d *desk) farewell() leader.Farewell {
	f := leader.Farewell{Reap: d.options.Reap, Left: map[string]bool{}}
	members, _ := d.gossip.Members()
	for _, m := range members {
		f.Left[m.ID] = m.Status == gossip.Left
	}
	servers, err := d.consensus.Servers()
	if err != nil {
		f.Left = nil
	}
	for _, s := range servers {
		delete(f.Left, s.ID) // it has its part in the log, and may be about to be started again
	}
	return f
}

// changeMembers takes a step towards the members that the log should have.
func (d *desk) changeMembers() {
	servers, err := d.consensus.Servers()
	if err != nil {
		return
	}
	var members []leader.Member
	for _, s := range servers {
		members = append(members, leader.Member(s))
	}
	change := leader.Voters(d.options.Voters, d.consensus.Applied(), members, d.candidates())
	if change == nil {
		return
	}
	m := change.Member
	what := "an agent becomes a member of the log"
	switch {
	case change.Remove:
		what, err = "an agent is no longer a member of the log", d.consensus.RemoveServer(m.ID)
	default:
		err = d.consensus.SetServer(consensus.Server(m))
	}
	if err != nil {
		d.log.Warn("the members of the log could not be changed", slog.String("id", m.ID), "error", err)
		return
	}
	d.log.Info(what, slog.String("id", m.ID), slog.String("address", m.Address), slog.Bool("votes", m.Voter && !change.Remove))
}

// deadAfter is how long an agent is not heard of before another one gets its vote.
const deadAfter = 10 * time.Second

// candidates are the agents of the cluster. One that has said good-bye may be about to be started again, and so may one that
// gossip has not heard of since this agent was started: were it not counted, others would lose their votes.
func (d *desk) candidates() (list []leader.Candidate) {
	state, _ := d.consensus.State()
	members, _ := d.gossip.Members()
	d.mu.Lock()
	defer d.mu.Unlock()
	met := map[string]bool{}
	for _, m := range members {
		met[m.ID] = true
		if state.Nodes[m.ID] == nil && m.ID != d.id {
			continue
		}
		r, _ := d.leader.Node(m.ID)
		list = append(list, leader.Candidate{
			ID: m.ID, Address: m.Meta.Address, Leader: m.ID == d.id, Applied: r.Applied,
			Alive: m.Status == gossip.Alive || time.Since(m.Since) < deadAfter,
		})
	}
	for id, n := range state.Nodes {
		if !met[id] {
			r, _ := d.leader.Node(id)
			list = append(list, leader.Candidate{ID: id, Address: n.Address, Applied: r.Applied, Alive: d.leader.Alive(clock.Now(), id)})
		}
	}
	return list
}

// ask answers a worker's question.
func (d *desk) ask(q *message.Question) (*message.Answer, error) {
	arrived := clock.Now()
	if err := d.verify.wait(); err != nil {
		return nil, errNoLeader
	}
	state, _ := d.consensus.State()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leader == nil {
		return nil, errNoLeader
	}
	before, _ := d.leader.Worker(q.Topology, q.Worker)
	a := d.leader.Ask(arrived, state, q)
	if q.Over || before.Life != q.Life || before.Progress != q.Progress {
		d.wakeUp()
	}
	return &a, nil
}

// running is how many workers run on each node, as far as they hold leases.
func (d *desk) running() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leader == nil {
		return nil
	}
	return d.leader.Holding()
}

// alive reports whether a node is heard of.
func (d *desk) alive(node string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leader != nil && d.leader.Alive(clock.Now(), node)
}

// report takes a report, and answers when there are other orders, or after a while.
func (d *desk) report(ctx context.Context, r *message.Report) (*message.Orders, error) {
	arrived := clock.Now()
	state, changed := d.consensus.State()
	o, err := d.reported(arrived, state, r)
	limit := time.NewTimer(message.HoldFor)
	defer limit.Stop()
	for err == nil && o.Revision == r.Revision {
		select {
		case <-changed:
			state, changed = d.consensus.State()
			o, err = d.orders(state, r.Node.ID)
		case <-limit.C:
			return o, nil
		case <-ctx.Done():
			return o, nil
		}
	}
	return o, err
}

func (d *desk) orders(state *fsm.State, node string) (*message.Orders, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leader == nil {
		return nil, errNoLeader
	}
	o := d.leader.Orders(state, node)
	return &o, nil
}

func (d *desk) reported(arrived time.Duration, state *fsm.State, r *message.Report) (*message.Orders, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leader == nil {
		return nil, errNoLeader
	}
	if before, known := d.leader.Node(r.Node.ID); !known || !before.Same(r) {
		d.wakeUp()
	}
	o := d.leader.Report(arrived, state, r)
	return &o, nil
}

func (d *desk) wakeUp() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// verifier asks the majority once for all who want to know at about the same time.
type verifier struct {
	verify func() error

	mu      sync.Mutex // guards all below
	running bool
	next    *verification // for who comes while one is running; nil: nobody has
}

type verification struct {
	done chan struct{}
	err  error
}

func newVerifier(verify func() error) *verifier { return &verifier{verify: verify} }

// wait returns nil if a majority has said, since it was called, that this agent leads.
func (v *verifier) wait() error {
	v.mu.Lock()
	if v.next == nil {
		v.next = &verification{done: make(chan struct{})}
	}
	mine := v.next
	if v.running {
		v.mu.Unlock()
		<-mine.done
		return mine.err
	}
	v.running = true
	for v.next != nil {
		current := v.next
		v.next = nil
		v.mu.Unlock()
		current.err = v.verify()
		close(current.done)
		v.mu.Lock()
	}
	v.running = false
	v.mu.Unlock()
	return mine.err
}
