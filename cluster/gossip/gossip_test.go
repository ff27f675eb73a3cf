package gossip

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
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

func options(id string) Options {
	return Options{ID: id, Cluster: "test", Bind: "127.0.0.1:0", Meta: Meta{Name: "host of " + id, Version: "1"}, Pace: 0.1}
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

	if err := c.SetMeta(Meta{Name: "renamed", Version: "2"}); err != nil {
		t.Fatal(err)
	}
	for {
		members, changed := a.Members()
		if members[2].Meta == (Meta{Name: "renamed", Version: "2"}) {
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

// TestStrangersStayOutside: with another key, none, or another cluster's name nobody gets in, and both sides say why.
func TestStrangersStayOutside(t *testing.T) {
	key, other := make([]byte, 32), make([]byte, 32)
	for _, k := range [][]byte{key, other} {
		if _, err := rand.Read(k); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		change         func(*Options)
		inside, itself string
	}{
		"another key":     {func(o *Options) { o.Keys = [][]byte{other} }, "another key of the cluster", "another key of the cluster"},
		"no key":          {func(o *Options) { o.Keys = nil }, "has no key of the cluster", "this agent has no key"},
		"another cluster": {func(o *Options) { o.Cluster = "elsewhere" }, "of another cluster", "is it of the cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			inside := options("inside")
			inside.Keys = [][]byte{key}
			a := start(t, inside)
			stranger := options("stranger")
			stranger.Keys, stranger.Join = [][]byte{key}, []string{a.Address()}
			tc.change(&stranger)
			b := start(t, stranger)
			a.log.waitFor(t, tc.inside)
			b.log.waitFor(t, tc.itself)
			a.waitUntil(t, "inside alive")
			b.waitUntil(t, "stranger alive")
		})
	}
}

// TestOneIDTwice: the second is ignored, and it is told why.
func TestOneIDTwice(t *testing.T) {
	a := start(t, options("a"))
	o := options("b")
	o.Join = []string{a.Address()}
	b := start(t, o)
	a.waitUntil(t, "a alive", "b alive")
	thief := start(t, o)
	a.log.waitFor(t, "two agents have the same id")
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
