package gossip

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// agent is one agent of a cluster in this process.
type agent struct {
	*Gossip
	options Options
	log     *record
	leave   context.CancelFunc
	ended   chan error
}

// record keeps what an agent logs.
type record struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
	return r.text.Write(b)
}

// waitFor waits until a text was logged.
func (r *record) waitFor(t *testing.T, text string) {
	t.Helper()
	for limit := time.After(30 * time.Second); ; {
		r.mu.Lock()
		found, changed := strings.Contains(r.text.String(), text), r.changed
		r.mu.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("%q was not logged, but\n%s", text, r.text.String())
		}
	}
}

// String is all of it.
func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func options(id string) Options {
	return Options{ID: id, Cluster: "test", Bind: "127.0.0.1:0", Meta: Meta{Name: "host of " + id, Version: "1", Protocol: 1, Oldest: 1}, Pace: 0.1}
}

func start(t *testing.T, o Options) *agent {
	t.Helper()
	a := &agent{log: &record{changed: make(chan struct{})}, ended: make(chan error, 1)}
	o.Logger = slog.New(slog.NewTextHandler(a.log, nil))
	a.options = o
	var err error
	if a.Gossip, err = New(o); err != nil {
		t.Fatal(err)
	}
	a.options.Bind = a.Address() // at the next start as well
	ctx, cancel := context.WithCancel(context.Background())
	a.leave = cancel
	go func() { a.ended <- a.Run(ctx) }()
	t.Cleanup(func() { _ = a.stop() })
	return a
}

// stop has it say good-bye.
func (a *agent) stop() error {
	a.leave()
	err := <-a.ended
	a.ended <- err // for who stops it again
	return err
}

// crash ends it without a word.
func (a *agent) crash(t *testing.T) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	_ = a.stop()
}

// waitUntil waits until an agent sees the others so: "ID status" for each.
func (a *agent) waitUntil(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for limit := time.After(30 * time.Second); ; {
		members, changed := a.Members()
		got = got[:0]
		for _, m := range members {
			got = append(got, fmt.Sprintf("%s %s", m.ID, m.Status))
		}
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("%s sees %q, want %q; its log:\n%s", a.options.ID, got, want, a.log.text.String())
		}
	}
}

func TestTheyFindEachOther(t *testing.T) {
	a := start(t, options("a"))
	second, third := options("b"), options("c")
	second.Join, third.Join = []string{a.Address()}, []string{a.Address()}
	b, c := start(t, second), start(t, third)
	for _, each := range []*agent{a, b, c} {
		each.waitUntil(t, "a alive", "b alive", "c alive")
	}
	members, _ := a.Members()
	if m := members[1]; m.Meta.Name != "host of b" || m.Gossip != b.Address() {
		t.Errorf("%+v", m)
	}

	renamed := Meta{Name: "renamed", Version: "2", Protocol: 1, Oldest: 1}
	if err := c.SetMeta(renamed); err != nil {
		t.Fatal(err)
	}
	for {
		members, changed := a.Members()
		if members[2].Meta == renamed {
			break
		}
		<-changed
	}

	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	a.waitUntil(t, "a alive", "b alive", "c left")
	b.crash(t)
	a.waitUntil(t, "a alive", "b failed", "c left")
	b = start(t, b.options)
	a.waitUntil(t, "a alive", "b alive", "c left")
	b.waitUntil(t, "a alive", "b alive")
}

// TestAllComeBack: those that were there are remembered, also where the one that all have joined is gone for good.
func TestAllComeBack(t *testing.T) {
	first := start(t, options("first"))
	var all []*agent
	for _, id := range []string{"a", "b"} {
		o := options(id)
		o.Join, o.Peers = []string{first.Address()}, filepath.Join(t.TempDir(), "peers")
		all = append(all, start(t, o))
	}
	for _, a := range all {
		a.waitUntil(t, "a alive", "b alive", "first alive")
	}
	first.crash(t)
	all[0].waitUntil(t, "a alive", "b alive", "first failed")
	all[1].waitUntil(t, "a alive", "b alive", "first failed")
	for i, a := range all {
		a.crash(t)
		all[i] = start(t, a.options)
	}
	all[0].waitUntil(t, "a alive", "b alive")
	all[1].waitUntil(t, "a alive", "b alive")
}

// TestStrangersStayOutside: both sides say why, once, and who can't get in by waiting ends; the others are not disturbed.
func TestStrangersStayOutside(t *testing.T) {
	key, other := make([]byte, 32), make([]byte, 32)
	for _, k := range [][]byte{key, other} {
		if _, err := rand.Read(k); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		change func(inside, stranger *Options)
		reason string
		waits  bool
	}{
		"another key":       {func(_, s *Options) { s.Keys = [][]byte{other} }, "it has another key for the gossip", false},
		"no key":            {func(_, s *Options) { s.Keys = nil }, "it has no key for the gossip", false},
		"a needless key":    {func(i, _ *Options) { i.Keys = nil }, "it has a key for the gossip, and the cluster has none", false},
		"another cluster":   {func(_, s *Options) { s.Cluster = "elsewhere" }, `it is of the cluster \"elsewhere\", and this one is \"test\"`, false},
		"no certificate":    {func(i, _ *Options) { i.Secure = true }, "it has no certificate, and the cluster has", false},
		"certificates":      {func(_, s *Options) { s.Secure = true }, "it has certificates, and the cluster has none", false},
		"an older protocol": {func(i, _ *Options) { i.Meta.Protocol, i.Meta.Oldest = 3, 2 }, "speaks protocol 1, and the cluster is gstorm 1 and speaks protocols 2 to 3", false},
		"a newer protocol":  {func(_, s *Options) { s.Meta.Protocol, s.Meta.Oldest = 3, 2 }, "speaks protocols 2 to 3, and the cluster is gstorm 1 and speaks protocol 1", false},
		"another's data":    {func(i, s *Options) { i.Meta.Cluster, s.Meta.Cluster = "one", "other" }, "its data folder is of another cluster", false},
		"a voter's data": {func(i, s *Options) {
			i.Meta.Cluster, s.Meta.Cluster, s.Meta.Logs = "one", "other", true
		}, "its data folder is of another cluster", true},
		"the same name": {func(_, s *Options) { s.Meta.Name = "host of inside" }, `has the same name, \"host of inside\": give it another one`, true},
		"the same id":   {func(_, s *Options) { s.ID = "inside" }, "has the same id: was a data folder copied?", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside, stranger := options("inside"), options("stranger")
			inside.Keys, stranger.Keys = [][]byte{key}, [][]byte{key}
			tc.change(&inside, &stranger)
			a := start(t, inside)
			stranger.Join = []string{a.Address()}
			b := start(t, stranger)
			a.log.waitFor(t, tc.reason)
			if tc.waits {
				b.log.waitFor(t, tc.reason)
				b.waitUntil(t, stranger.ID+" alive")
			} else if err := within(t, b.ended); !errors.As(err, new(*RefusedError)) || !strings.Contains(strconv.Quote(err.Error()), tc.reason) {
				t.Errorf("%v, want %s", err, tc.reason)
			}
			a.waitUntil(t, "inside alive")
			_ = b.stop()
			again := start(t, b.options)
			if !tc.waits {
				_ = within(t, again.ended)
			} else {
				again.log.waitFor(t, tc.reason)
			}
			if n := strings.Count(a.log.String(), tc.reason); n != 1 {
				t.Errorf("it was said %d times:\n%s", n, a.log)
			}
		})
	}
}

// within waits for the end of an agent.
func within(t *testing.T, ended chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		ended <- err
		return err
	case <-time.After(time.Minute):
		t.Fatal("the agent goes on")
		return nil
	}
}

// TestWhoDoesNotGreet: what is no agent, or an older one, is told, as far as it can read it.
func TestWhoDoesNotGreet(t *testing.T) {
	for name, tc := range map[string]struct{ sent, reason string }{
		"no agent":    {"GET / HTTP/1.1\r\n\r\n", "it does not greet as agents of this version do"},
		"memberlist":  {"\xf4\x04test\x06", "it does not greet as agents of this version do"},
		"a newer one": {"gstorm-gossip/9 whatever\n", `it greets in form \"9\", and this version of gstorm in form 1`},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, options("a"))
			conn, err := net.Dial("tcp", a.Address())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.Write([]byte(tc.sent)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(conn)
			if err != nil && len(answer) == 0 || !strings.Contains(string(answer), tc.reason) {
				t.Errorf("%q, %v", answer, err)
			}
			a.log.waitFor(t, tc.reason)
		})
	}
}

// TestAnAgentThatCanWaitIsLetInThen: the one with its name has gone.
func TestAnAgentThatCanWaitIsLetInThen(t *testing.T) {
	a := start(t, options("a"))
	o := options("b")
	o.Join, o.Meta.Name = []string{a.Address()}, "host of c"
	b := start(t, o)
	a.waitUntil(t, "a alive", "b alive")
	o = options("c")
	o.Join = []string{a.Address()}
	c := start(t, o)
	c.log.waitFor(t, "has the same name")
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	a.waitUntil(t, "a alive", "b left", "c alive")
	c.waitUntil(t, "a alive", "c alive")
}

// TestOneIDTwice: the second is ignored, and it is told why.
func TestOneIDTwice(t *testing.T) {
	a := start(t, options("a"))
	o := options("b")
	o.Join = []string{a.Address()}
	b := start(t, o)
	a.waitUntil(t, "a alive", "b alive")
	thief := start(t, o)
	a.log.waitFor(t, "has the same id")
	members, _ := a.Members()
	if members[1].Gossip != b.Address() || b.Address() == thief.Address() {
		t.Errorf("%+v", members[1])
	}
}

// TestKeysChange: agents with the new key as well as the old one are let in by both.
func TestKeysChange(t *testing.T) {
	before, after := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	o := options("a")
	o.Keys = [][]byte{before, after}
	a := start(t, o)
	o = options("b")
	o.Keys, o.Join = [][]byte{after, before}, []string{a.Address()}
	b := start(t, o)
	a.waitUntil(t, "a alive", "b alive")
	b.waitUntil(t, "a alive", "b alive")
}

func TestWhatCannotBe(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"a shorter name":      func(o *Options) { o.Meta.Name = strings.Repeat("x", 600) },
		"not HOST:PORT":       func(o *Options) { o.Bind = "127.0.0.1" },
		"to advertise":        func(o *Options) { o.Advertise = "there:there" },
		"key of the cluster":  func(o *Options) { o.Keys = [][]byte{{1, 2, 3}} },
		"gossip at 192.0.2.1": func(o *Options) { o.Bind = "192.0.2.1:1" },
	} {
		o := options("a")
		o.Logger = slog.New(slog.DiscardHandler)
		change(&o)
		if g, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
			if err == nil {
				_ = g.Close()
			}
		}
	}
}
