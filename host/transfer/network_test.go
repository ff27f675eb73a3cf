package transfer

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
)

// station is a worker as far as its Network needs one: queues, and what it was told.
type station struct {
	network *Network
	queues  map[int]*Queue

	mu        sync.Mutex
	lost      int
	updates   []acker.Update
	strangers int
}

func (s *station) Stream(source *gstorm.Source) int { return streamNumber(source) }

func (s *station) Source(task, stream int) *gstorm.Source { return streamSource(task, stream) }

func (s *station) Deliver(task int, b *Batch) { s.queues[task].Put(b, 0, true, nil) }

func (s *station) Apply(updates []acker.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates = append(s.updates, updates...)
}

func (s *station) Lost(lineages []acker.Lineage, _ *acker.Cause) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost += len(lineages)
}

func (s *station) Ended(Peer) {}

func (s *station) Stranger(int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strangers++
}

// dialer opens connections, which a test may cut.
type dialer func(ctx context.Context, address string) (net.Conn, error)

func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// stations starts workers 0, 1, ... of which each has one task, with the number of the worker and one more.
func stations(t *testing.T, n, window int, dial dialer, queue func() *Queue) ([]*station, []Peer) {
	t.Helper()
	var all []*station
	var peers []Peer
	for i := range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		self := Peer{Worker: i, Life: "a", Address: listener.Addr().String(), Tasks: []int{i + 1}}
		s := &station{queues: map[int]*Queue{i + 1: queue()}}
		s.network = NewNetwork(NetworkOptions{
			Topology: "t-1", Shape: 1, Self: self, Listener: listener, Dial: dial, Logger: slog.New(slog.DiscardHandler), Window: window, Local: s,
		})
		s.queues[i+1].Watch(func(full bool) { s.network.Full(i+1, full) })
		all, peers = append(all, s), append(peers, self)
	}
	var group sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); group.Wait() })
	for _, s := range all {
		s.network.SetPeers(peers)
		group.Go(func() { s.network.Run(ctx) })
	}
	return all, peers
}

func batchOf(values ...any) *Batch {
	b := batches.Get().(*Batch)
	b.From = 1
	for _, v := range values {
		d := b.slot()
		d.Tuple.Source, d.Tuple.Values = streamSource(1, 0), gstorm.Values{v}
		d.Lineage = acker.NewLineage(acker.Edge{Root: acker.NewRoot(1, 7), ID: 1})
	}
	return b
}

// take takes n tuples' first values.
func take(t *testing.T, q *Queue, n int) (values []any) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for len(values) < n {
		b := q.Take()
		if b == nil {
			select {
			case <-q.Ready():
			case <-limit:
				t.Fatalf("of %d tuples %d came", n, len(values))
			}
			continue
		}
		for i := range b.Deliveries {
			decoded, err := b.Deliveries[i].Tuple.Decode()
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, decoded[0])
		}
		b.Release()
	}
	return values
}

func until(t *testing.T, what string, true_ func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !true_() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// TestAFullQueueHoldsBackItsOwnTuplesOnly: the others of the same worker, over the same link, go on; and when there is room
// again everything has come, in order.
func TestAFullQueueHoldsBackItsOwnTuplesOnly(t *testing.T) {
	all, peers := stations(t, 2, 1<<20, dialTCP, func() *Queue { return NewQueue(10, 1<<30) })
	sender, receiver := all[0], all[1]
	peers[1].Tasks = []int{2, 3}
	receiver.queues[3] = NewQueue(1<<20, 1<<30)
	sender.network.SetPeers(peers)
	const n = 5000
	var put sync.WaitGroup
	put.Go(func() {
		for i := range n {
			sender.network.Put(2, batchOf(i), false, nil)
		}
	})
	until(t, "the sender waits", func() bool { return sender.network.Counts()[1].Waits > 0 })
	if waiting := receiver.queues[2].Len(); waiting < 10 || waiting > n/2 {
		t.Errorf("%d tuples are in a queue for 10", waiting)
	}
	sender.network.Put(3, batchOf("other"), false, nil)
	if got := take(t, receiver.queues[3], 1); got[0] != "other" {
		t.Errorf("%v came", got)
	}
	for i, v := range take(t, receiver.queues[2], n) {
		if fmt.Sprint(v) != fmt.Sprint(i) {
			t.Fatalf("%v came where %d was due", v, i)
		}
	}
	put.Wait()
}

// TestFeedbackNeverWaits, whatever is full.
func TestFeedbackNeverWaits(t *testing.T) {
	all, _ := stations(t, 2, 100, dialTCP, func() *Queue { return NewQueue(1, 1<<30) })
	for i := range 1000 {
		all[0].network.Put(2, batchOf(i), true, nil)
	}
	take(t, all[1].queues[2], 1000)
}

// TestNobodyToSendTo: it is waited for, and found when there is one; or not, at the end.
func TestNobodyToSendTo(t *testing.T) {
	all, peers := stations(t, 2, 1<<20, dialTCP, func() *Queue { return NewQueue(100, 1<<30) })
	all[0].network.SetPeers(nil)
	put := make(chan bool)
	go func() { put <- all[0].network.Put(2, batchOf("late"), false, nil) }()
	all[0].network.SetPeers(peers)
	if !<-put {
		t.Fatal("it was refused")
	}
	take(t, all[1].queues[2], 1)
	go func() { put <- all[0].network.Put(9, batchOf("never"), false, nil) }()
	all[0].network.close()
	if <-put {
		t.Error("it was taken")
	}
}

// TestWhatAPeerHasNotGotIsLostWithIt, and what comes for its next life arrives there. From a life that is over nothing is
// taken any more.
func TestWhatAPeerHasNotGotIsLostWithIt(t *testing.T) {
	var mu sync.Mutex
	dead := false
	all, peers := stations(t, 2, 1<<20, func(ctx context.Context, address string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if dead {
			return nil, net.ErrClosed
		}
		return dialTCP(ctx, address)
	}, func() *Queue { return NewQueue(100, 1<<30) })
	mu.Lock()
	dead = true
	mu.Unlock()
	all[1].network.close() // its process has died
	next := &station{queues: all[1].queues}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	all[0].network.Put(2, batchOf(1, 2, 3), false, nil)
	self := Peer{Worker: 1, Life: "b", Address: listener.Addr().String(), Tasks: []int{2}}
	o := all[1].network.options
	o.Self, o.Listener, o.Local = self, listener, next
	next.network = NewNetwork(o)
	var group sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	defer group.Wait()
	defer cancel()
	group.Go(func() { next.network.Run(ctx) })
	next.network.SetPeers([]Peer{peers[0], self})
	mu.Lock()
	dead = false
	mu.Unlock()
	all[0].network.SetPeers([]Peer{peers[0], self})
	all[0].network.Put(2, batchOf("new"), false, nil)
	if got := take(t, next.queues[2], 1); got[0] != "new" {
		t.Errorf("%v came", got)
	}
	if c := all[0].network.Counts()[1]; c.Tuples != 4 || c.Lost != 3 || c.Frames != 2 {
		t.Errorf("of both lives was counted %+v", c)
	}
	all[0].mu.Lock()
	defer all[0].mu.Unlock()
	if all[0].lost != 3 {
		t.Errorf("%d tuples were lost, of 3 that the first life can't have got", all[0].lost)
	}
}

// TestStrangersAreAskedFor: who is not known is not let in, and the worker is told to ask; then it is.
func TestStrangersAreAskedFor(t *testing.T) {
	all, peers := stations(t, 2, 1<<20, dialTCP, func() *Queue { return NewQueue(100, 1<<30) })
	all[1].network.SetPeers(nil)
	until(t, "the stranger knocks", func() bool {
		all[1].mu.Lock()
		defer all[1].mu.Unlock()
		return all[1].strangers > 0
	})
	all[0].network.Put(2, batchOf("in"), false, nil)
	all[1].network.SetPeers(peers)
	take(t, all[1].queues[2], 1)
}

// TestLargeBatchesAreCompressed, and come out as they went in.
func TestLargeBatchesAreCompressed(t *testing.T) {
	all, _ := stations(t, 2, 1<<20, dialTCP, func() *Queue { return NewQueue(100, 1<<30) })
	text := strings.Repeat("all work and no play makes jack a dull boy. ", 50_000)
	all[0].network.Put(2, batchOf(text), false, nil)
	if got := take(t, all[1].queues[2], 1); got[0] != text {
		t.Errorf("%.100v came", got[0])
	}
	if c := all[0].network.Counts()[1]; c.Bytes > uint64(len(text))/5 || c.Plain < uint64(len(text)) {
		t.Errorf("%d bytes went over the link for %d, of a text of %d", c.Bytes, c.Plain, len(text))
	}
}

// TestRubbishIsSurvived: whoever connects and says anything does no harm.
func TestRubbishIsSurvived(t *testing.T) {
	all, peers := stations(t, 2, 1<<20, dialTCP, func() *Queue { return NewQueue(100, 1<<30) })
	good := greeting{Protocol: linkProtocol, Topology: "t-1", Shape: 1, From: Peer{Worker: 0, Life: "a"}, To: Peer{Worker: 1, Life: "a"}}
	for name, g := range map[string]greeting{
		"another topology": {Protocol: linkProtocol, Topology: "t-2", Shape: 1, From: good.From, To: good.To},
		"another shape":    {Protocol: linkProtocol, Topology: "t-1", Shape: 2, From: good.From, To: good.To},
		"another life":     {Protocol: linkProtocol, Topology: "t-1", Shape: 1, From: good.From, To: Peer{Worker: 1, Life: "b"}},
		"another form":     {Protocol: 99, Topology: "t-1", Shape: 1, From: good.From, To: good.To},
		"a stranger":       {Protocol: linkProtocol, Topology: "t-1", Shape: 1, From: Peer{Worker: 5, Life: "a"}, To: good.To},
	} {
		conn, err := net.Dial("tcp", peers[1].Address)
		if err != nil {
			t.Fatal(err)
		}
		if err := writeLine(conn, g); err != nil {
			t.Fatal(err)
		}
		var a answer
		if err := readLine(bufio.NewReader(conn), &a); err != nil || a.Refused == "" {
			t.Errorf("%s: %v, %+v", name, err, a)
		}
		_ = conn.Close()
	}
	conn, err := net.Dial("tcp", peers[1].Address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	all[0].network.Put(2, batchOf("fine"), false, nil)
	take(t, all[1].queues[2], 1)
}

func FuzzReadFrame(f *testing.F) {
	f.Add(sealFrame(AppendBatch(newFrame(), 2, batchOf("a"), streamNumber, nil), tuplesFrame))
	f.Add(sealFrame(AppendUpdates(newFrame(), []acker.Update{{Root: 1, Xor: 2}}), updatesFrame))
	f.Add(sealFrame(append(newFrame(), make([]byte, compressFrom)...), tuplesFrame))
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, body, err := readFrame(bytes.NewReader(text))
		if err == nil {
			_, _, _ = openFrame(kind, body)
		}
	})
}
