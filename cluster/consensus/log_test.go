package consensus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// member is one member of a cluster in this process.
type member struct {
	*Log
	options Options
	ended   chan struct{} // closed when leading is no longer received from
	stop    chan struct{}
}

// pace is slow enough for a machine that does much else.
const pace = 0.3

func newMember(t *testing.T, id string) *member {
	m := &member{options: Options{
		ID: id, Folder: t.TempDir(), Pace: pace, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)).With("member", id),
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
	}}
	m.start(t)
	t.Cleanup(m.end)
	return m
}

// start opens the log, at the same address as before.
func (m *member) start(t *testing.T) {
	t.Helper()
	address := m.options.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	m.options.Listener, m.options.Address = listener, listener.Addr().String()
	if m.Log, err = Open(m.options); err != nil {
		t.Fatal(err)
	}
	m.ended, m.stop = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(m.ended)
		for {
			select {
			case <-m.Leading():
			case <-m.stop:
				return
			}
		}
	}()
}

func (m *member) end() {
	if m.Log == nil {
		return
	}
	_ = m.Close()
	close(m.stop)
	<-m.ended
	m.Log = nil
}

func (m *member) server() Server { return Server{m.options.ID, m.options.Address, true} }

// newCluster is a cluster of n voters, the first of which leads.
func newCluster(t *testing.T, n int) []*member {
	var all []*member
	for i := range n {
		all = append(all, newMember(t, fmt.Sprint("node-", i)))
	}
	if err := all[0].Bootstrap(all[0].server()); err != nil {
		t.Fatal(err)
	}
	for _, m := range all[1:] {
		byLeader(t, all, "member", func(leader *member) error { return leader.SetServer(m.server()) })
	}
	return all
}

// byLeader has whoever leads do something, and again whoever leads then, until it was done.
func byLeader(t *testing.T, among []*member, what string, do func(leader *member) error) {
	t.Helper()
	eventually(t, what, func() bool { return do(waitForLeader(t, among)) == nil })
}

// waitForLeader waits until one of the members leads.
func waitForLeader(t *testing.T, among []*member) (leader *member) {
	t.Helper()
	eventually(t, "a leader", func() bool {
		for _, m := range among {
			if m.Log != nil && m.Verify() == nil {
				leader = m
				return true
			}
		}
		return false
	})
	return leader
}

// eventually looks again and again: raft tells nobody when another member has heard of a leader, or of its loss.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s", what)
		}
	}
}

// submit has a topology submitted by whoever leads.
func submit(t *testing.T, among []*member, name string) {
	t.Helper()
	eventually(t, "submission of "+name, func() bool {
		err := waitForLeader(t, among).Apply(&fsm.Submit{Name: name, Status: fsm.Active})
		var conflict *fsm.ConflictError
		return err == nil || errors.As(err, &conflict) // it was applied, though its leader could not say so
	})
}

// waitFor waits until a member has a topology.
func waitFor(t *testing.T, m *member, name string) {
	t.Helper()
	for limit := time.After(30 * time.Second); ; {
		state, changed := m.State()
		if _, err := state.Topology(name); err == nil {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("%s does not have %s", m.options.ID, name)
		}
	}
}

func TestAllApplyTheSame(t *testing.T) {
	all := newCluster(t, 3)
	submit(t, all, "words")
	for _, m := range all {
		waitFor(t, m, "words")
	}
	leader := waitForLeader(t, all)
	err := leader.Apply(&fsm.Submit{Name: "words", Status: fsm.Active})
	if conflict := new(fsm.ConflictError); !errors.As(err, &conflict) {
		t.Errorf("submitted twice: %v", err)
	}
	for _, m := range all {
		if m == leader {
			continue
		}
		err := m.Apply(&fsm.Kill{Name: "words"})
		if other := new(NotLeaderError); !errors.As(err, &other) || other.Leader.ID != leader.options.ID || other.Leader.Address != leader.options.Address {
			t.Errorf("a command for one that does not lead: %v", err)
		}
	}
}

// TestLossOfTheLeader: one of three may be lost, and comes back to what it has missed.
func TestLossOfTheLeader(t *testing.T) {
	all := newCluster(t, 3)
	submit(t, all, "before")
	for round := range 3 {
		lost := waitForLeader(t, all)
		lost.end()
		submit(t, all, fmt.Sprint("meanwhile-", round))
		lost.start(t)
		waitFor(t, lost, fmt.Sprint("meanwhile-", round))
		waitFor(t, lost, "before")
	}
}

// TestAllEndAndComeBack: nothing that was answered is lost, whether it is in the log or in a snapshot.
func TestAllEndAndComeBack(t *testing.T) {
	all := newCluster(t, 3)
	submit(t, all, "in-the-snapshot")
	for _, m := range all {
		waitFor(t, m, "in-the-snapshot")
		if err := m.Snapshot(); err != nil {
			t.Fatal(err)
		}
	}
	submit(t, all, "in-the-log")
	for _, m := range all {
		m.end()
	}
	for _, m := range all {
		m.start(t)
	}
	submit(t, all, "after")
	for _, m := range all {
		for _, name := range []string{"in-the-snapshot", "in-the-log", "after"} {
			waitFor(t, m, name)
		}
	}
}

// TestOneGrows: a single agent is a cluster of one, and becomes one of several; a minority decides nothing.
func TestOneGrows(t *testing.T) {
	all := newCluster(t, 1)
	submit(t, all, "alone")
	second := newMember(t, "second")
	byLeader(t, all, "member without a vote", func(leader *member) error {
		return leader.SetServer(Server{second.options.ID, second.options.Address, false})
	})
	waitFor(t, second, "alone")
	if servers, err := all[0].Servers(); err != nil || !slices.Equal(servers, []Server{all[0].server(), {second.options.ID, second.options.Address, false}}) {
		t.Errorf("%+v, %v", servers, err)
	}
	byLeader(t, all, "second vote", func(leader *member) error { return leader.SetServer(second.server()) })
	all = append(all, second)
	submit(t, all, "together")
	waitFor(t, second, "together")
	all[0].end()
	eventually(t, "end of the leadership", func() bool { return second.Leader().ID == "" })
	err := second.Apply(&fsm.Kill{Name: "alone"})
	if other := new(NotLeaderError); !errors.As(err, &other) || !strings.Contains(err.Error(), "a majority") {
		t.Errorf("one of two: %v", err)
	}
	all[0].start(t)
	leader := waitForLeader(t, all)
	for _, m := range all {
		if m != leader {
			if err := leader.RemoveServer(m.options.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	submit(t, []*member{leader}, "alone-again")
}

// TestHandOver: a leader that is asked to stop lets another lead first.
func TestHandOver(t *testing.T) {
	all := newCluster(t, 3)
	submit(t, all, "words")
	var before *member
	byLeader(t, all, "other leader", func(leader *member) error {
		before = leader
		return leader.HandOver()
	})
	eventually(t, "other leader", func() bool { return waitForLeader(t, all) != before })
}

// TestUnknownCommand: a member that can't apply what the others have goes no further.
func TestUnknownCommand(t *testing.T) {
	all := newCluster(t, 1)
	submit(t, all, "words")
	if f := all[0].raft.Apply([]byte(`{"do":"levitate","with":{}}`), time.Second); f.Error() != nil {
		t.Fatal(f.Error())
	}
	<-all[0].Failed()
	if unknown := new(fsm.UnknownCommandError); !errors.As(all[0].Err(), &unknown) || unknown.Command != "levitate" {
		t.Errorf("%v", all[0].Err())
	}
	if err := all[0].Apply(&fsm.Kill{Name: "words"}); err == nil {
		t.Error("it goes on")
	}
	if state, _ := all[0].State(); state.Topologies["words"].Status != fsm.Active {
		t.Error("it has applied what came after")
	}
	if err := all[0].Snapshot(); err == nil || errors.Is(err, raft.ErrNothingNewToSnapshot) {
		t.Errorf("its state was written down: %v", err)
	}
}

// TestANewMemberAtAnOldAddress: a member that has lost its disk is another one. It does not vote, nor keep anything, in the
// name of the one before it, and can become a member beside that.
func TestANewMemberAtAnOldAddress(t *testing.T) {
	all := newCluster(t, 3)
	leader := waitForLeader(t, all)
	i := (slices.Index(all, leader) + 1) % 3
	old := all[i].server()
	all[i].end()
	fresh := &member{options: all[i].options}
	fresh.options.ID, fresh.options.Folder = "fresh", t.TempDir()
	fresh.start(t)
	t.Cleanup(fresh.end)
	submit(t, all, "first")
	submit(t, all, "second")
	waitFor(t, all[3-slices.Index(all, leader)-i], "second")
	if fresh.Applied() != 0 || fresh.Term() != 0 {
		t.Errorf("it has taken part as %s: up to %d, in term %d", old.ID, fresh.Applied(), fresh.Term())
	}
	byLeader(t, all, "new member", func(leader *member) error { return leader.SetServer(fresh.server()) })
	byLeader(t, all, "removal of the old one", func(leader *member) error { return leader.RemoveServer(old.ID) })
	waitFor(t, fresh, "second")
}
