package transfer_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/transfer"
)

func add(out *transfer.Outbox, task int, feedback bool, n int) {
	out.Slot(task, feedback, 3).Tuple = gstorm.Tuple{Values: gstorm.Values{n}}
}

// drain takes all that there is and returns the ids in the order in which they came.
func drain(q *transfer.Queue) []int {
	var ids []int
	for b := q.Take(); b != nil; b = q.Take() {
		for _, d := range b.Deliveries {
			ids = append(ids, d.Tuple.Values[0].(int))
		}
		b.Release()
	}
	return ids
}

func TestWhatOneTaskSendsAnotherStaysInOrder(t *testing.T) {
	q := transfer.NewQueue(1<<20, 1<<30)
	other := transfer.NewQueue(1<<20, 1<<30)
	out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q, other}, nil, nil)
	const n = 10_000
	for i := range n {
		add(out, 2, false, i)
		if i%3 == 0 {
			add(out, 3, false, i)
		}
		if i%1000 == 7 {
			out.Flush(0)
		}
	}
	out.Flush(0)
	ids := drain(q)
	if len(ids) != n {
		t.Fatalf("%d of %d arrived", len(ids), n)
	}
	for i, id := range ids {
		if id != i {
			t.Fatalf("tuple %d came at place %d", id, i)
		}
	}
	if got := len(drain(other)); got != (n+2)/3 {
		t.Errorf("%d arrived at the other task, want %d", got, (n+2)/3)
	}
}

func TestAFullQueueHoldsItsProducerBack(t *testing.T) {
	for name, q := range map[string]*transfer.Queue{
		"tuples": transfer.NewQueue(transfer.BatchSize, 1<<30),
		"bytes":  transfer.NewQueue(1<<20, 10),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q}, nil, nil)
				sent := 0
				done := make(chan struct{})
				go func() {
					defer close(done)
					for i := range 10 * transfer.BatchSize {
						add(out, 2, false, i)
						sent++
					}
					out.Flush(0)
				}()
				synctest.Wait()
				if sent >= 3*transfer.BatchSize {
					t.Errorf("the producer was not held back: %d sent", sent)
				}
				got := 0
				for got < 10*transfer.BatchSize {
					got += len(drain(q))
					synctest.Wait()
				}
				<-done
			})
		})
	}
}

func TestFeedbackNeverWaits(t *testing.T) {
	q := transfer.NewQueue(1, 1)
	out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q}, nil, nil)
	for i := range 10 * transfer.BatchSize {
		add(out, 2, true, i)
	}
	out.Flush(0)
	if got := len(drain(q)); got != 10*transfer.BatchSize {
		t.Errorf("%d arrived", got)
	}
}

func TestCloseLetsProducersGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := transfer.NewQueue(1, 1<<30)
		out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q}, nil, nil)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 10 * transfer.BatchSize {
				add(out, 2, false, i)
			}
			out.Flush(0)
		}()
		synctest.Wait()
		q.Close()
		<-done
		if got := len(drain(q)); got != transfer.BatchSize {
			t.Errorf("%d tuples were in the queue, want the %d of before Close", got, transfer.BatchSize)
		}
	})
}

func BenchmarkQueue(b *testing.B) {
	b.ReportAllocs()
	q := transfer.NewQueue(1<<20, 1<<30)
	out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q}, nil, nil)
	tuple := gstorm.Tuple{JSON: []byte("[1]")}
	for i := range b.N {
		out.Slot(2, false, len(tuple.JSON)).Tuple = tuple
		if i%transfer.BatchSize == transfer.BatchSize-1 {
			for batch := q.Take(); batch != nil; batch = q.Take() {
				batch.Release()
			}
		}
	}
}

// A batch knows when its tuples came, in the mean: those that were put together, one after the other, or had to wait for room.
func TestABatchKnowsWhenItsTuplesCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		clock := func() int64 { return time.Since(begin).Milliseconds() }
		q := transfer.NewQueue(3, 1<<30)
		q.Time(clock)
		out := transfer.NewOutbox(1, 1, []*transfer.Queue{nil, nil, q}, nil, nil)
		put := func(n int, at int64) {
			for range n {
				out.Slot(2, false, 1)
			}
			out.Flush(at)
		}
		time.Sleep(100 * time.Millisecond)
		put(1, 0)
		time.Sleep(30 * time.Millisecond)
		put(2, clock())
		go put(1, clock()) // waits for room
		time.Sleep(70 * time.Millisecond)
		for _, want := range []int64{120, 200} {
			b := q.Take()
			if b == nil || b.Queued() != want {
				t.Fatalf("the tuples came at %+v, want %d", b, want)
			}
			b.Release()
			synctest.Wait()
		}
	})
}
