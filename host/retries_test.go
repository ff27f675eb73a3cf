package host_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// queue is a spout like most: what fails is emitted again, and it is done when all is acked, unless it is to go on.
type queue struct {
	todo          []int
	left          int
	goOn          bool
	oneByOne, out bool
	acked         []any
	failed        map[any]int
}

func newQueue(n int) *queue {
	q := &queue{left: n, failed: map[any]int{}}
	for i := range n {
		q.todo = append(q.todo, i)
	}
	return q
}

func (q *queue) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	if q.out {
		return nil
	}
	if len(q.todo) == 0 {
		if q.left == 0 && !q.goOn {
			return gstorm.ErrFinished
		}
		return nil
	}
	n := q.todo[0]
	q.todo = q.todo[1:]
	q.out = q.oneByOne
	out.EmitID(n, "", int64(n), fmt.Sprintf("text <%d>", n))
	return nil
}

func (q *queue) Ack(id any) { q.acked, q.out = append(q.acked, id), false; q.left-- }

func (q *queue) Fail(id any) {
	q.failed[id]++
	q.out, q.todo = false, slices.Insert(q.todo, 0, id.(int))
}

// poisoned is a worker whose bolt can't handle those numbers for which bad is true. most is gstorm.retry.max, list nil: none.
func poisoned(t *testing.T, q *queue, most int, list *deadletters.List, bad func(n int64) bool) *host.Worker {
	t.Helper()
	b := gstorm.NewBuilder("poison")
	b.Spout("queue", func() gstorm.Spout { return q }).Output("default", "n", "text").Set(gstorm.RetryMax, most).Set(gstorm.RetryDeadLetters, 5)
	b.BoltFunc("work", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		n, ok := t.Values[0].(int64) // a replay gives the Go type that it was
		if !ok {
			return fmt.Errorf("n is a %T", t.Values[0])
		}
		if text, err := t.String("text"); err != nil || text != fmt.Sprintf("text <%d>", n) {
			return fmt.Errorf("%q, %w", text, err)
		}
		if bad(n) {
			return fmt.Errorf("%d can't be handled", n)
		}
		return nil
	}).From("queue", "", gstorm.Shuffle)
	topology := b.Topology()
	if errs := topology.Validate(nil).Errors(); errs != nil {
		t.Fatal(errs)
	}
	p, err := plan.Build(topology, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := host.New(host.Options{Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Seed: 1, Letters: list})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWhatCantBeHandledBecomesADeadLetter: a message fails as often as it may, then its spout is told that it was acked, and all else
// is acked as ever.
func TestWhatCantBeHandledBecomesADeadLetter(t *testing.T) {
	list := deadletters.At(filepath.Join(t.TempDir(), "l"))
	q := newQueue(100)
	w := poisoned(t, q, 3, list, func(n int64) bool { return n == 7 || n == 70 })
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(q.acked) != 100 || len(q.failed) != 2 || q.failed[7] != 2 || q.failed[70] != 2 {
		t.Errorf("%d acked, failed: %v", len(q.acked), q.failed)
	}
	all, damaged, err := list.All()
	if err != nil || damaged > 0 || len(all) != 2 {
		t.Fatal(err, damaged, all)
	}
	for _, l := range all {
		shown := l.Show()
		if l.Failures != 3 || l.Component != "queue" || l.Task != 1 || l.Stream != "default" || len(shown.Values) != 2 || shown.Values[0].JSON != l.Message ||
			shown.Values[1].Field != "text" || l.Cause.Component != "work" || l.Cause.Task != 2 || l.Cause.Reason != l.Message+" can't be handled" ||
			l.First.IsZero() || l.Last.Before(l.First) || shown.State != stats.LetterWaiting {
			t.Errorf("%+v", shown)
		}
	}
	failures := w.Failures(10)
	if failures.Total != 6 || failures.Kept != 2 || len(failures.Failures) != 2 {
		t.Fatalf("%+v", failures)
	}
	for _, f := range failures.Failures {
		if f.Times != 3 || !f.Dead || f.Kind != stats.FailedTuple || f.Component != "queue" || len(f.Values) != 2 || f.Values[0].JSON != f.Message {
			t.Errorf("%+v", f)
		}
	}
	if newest := w.Failures(1); newest.Kept != 2 || len(newest.Failures) != 1 {
		t.Errorf("%+v", newest)
	}
}

// TestWithoutAPlaceSpoutsAreTold: with gstorm.retry.max at 0, with no place for dead letters, with one that can't be written and
// with one that is full, a spout is told of every failure, as in Storm.
func TestWithoutAPlaceSpoutsAreTold(t *testing.T) {
	full := deadletters.At(filepath.Join(t.TempDir(), "l"))
	for range 5 {
		if _, err := full.Put(5, &deadletters.Letter{Values: []byte("[]")}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		most int
		list *deadletters.List
	}{
		"off": {0, deadletters.At(filepath.Join(t.TempDir(), "l"))}, "no place": {3, nil}, "not to be written": {3, deadletters.At("/proc/nothing/l")}, "full": {3, full},
	} {
		t.Run(name, func(t *testing.T) {
			q, tries := newQueue(10), 0
			w := poisoned(t, q, c.most, c.list, func(n int64) bool {
				if n == 5 {
					tries++
				}
				return n == 5 && tries <= 20
			})
			if err := w.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(q.acked) != 10 || q.failed[5] != 20 {
				t.Errorf("%d acked, failed: %v", len(q.acked), q.failed)
			}
			f := w.Failures(10)
			if f.Total != 20 || len(f.Failures) != 1 || f.Failures[0].Dead || f.Failures[0].Times != 20 || len(f.Failures[0].Values) != 2 {
				t.Errorf("%+v", f)
			}
		})
	}
	if all, _, err := full.All(); len(all) != 5 || err != nil {
		t.Error(len(all), err)
	}
}

// TestAnAckEndsARow: only failures in a row count.
func TestAnAckEndsARow(t *testing.T) {
	list := deadletters.At(filepath.Join(t.TempDir(), "l"))
	q := newQueue(5)
	q.todo = make([]int, 5) // the same message, five times
	turn := 0
	w := poisoned(t, q, 2, list, func(int64) bool { turn++; return turn%2 == 1 && turn < 20 })
	q.oneByOne = true
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, _, _ := list.All(); len(all) > 0 || q.failed[0] != 5 {
		t.Error(all, q.failed)
	}
}

// TestReplay: a letter that is asked for goes to the bolts once more, is gone when it was acked, and stays when it fails; one that
// is dropped is gone. The spout hears of none of it.
func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := deadletters.At(filepath.Join(t.TempDir(), "l"))
		q := newQueue(4)
		q.goOn = true
		var mended atomic.Int64 // numbers below can be handled
		w := poisoned(t, q, 1, list, func(n int64) bool { return n >= mended.Load() })
		defer running(t, w)()
		look := func(n int, state string) []deadletters.Letter {
			t.Helper()
			time.Sleep(5 * time.Second)
			synctest.Wait()
			all, _, err := list.All()
			if err != nil || len(all) != n || slices.ContainsFunc(all, func(l deadletters.Letter) bool { return l.Show().State != state }) {
				t.Fatal(err, state, all)
			}
			return all
		}
		all := look(4, stats.LetterWaiting)
		mended.Store(2)
		w.Deactivate()
		if n, err := list.Ask(stats.LetterChoice{All: true}, nil); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		look(4, stats.LetterReplaying) // nothing is emitted while the topology rests
		w.Activate()
		for _, l := range look(2, stats.LetterWaiting) {
			if l.Replays != 1 || l.Failures != 2 || !strings.HasSuffix(l.Cause.Reason, "can't be handled") || !l.First.Before(l.Last) {
				t.Errorf("%+v", l)
			}
		}
		mended.Store(10)
		if n, err := list.Drop(stats.LetterChoice{IDs: []string{all[2].ID}}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if n, err := list.Ask(stats.LetterChoice{IDs: []string{all[3].ID}}, nil); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		look(0, "")
		if len(q.acked) != 4 || len(q.failed) != 0 {
			t.Error(q.acked, q.failed)
		}
		if s := w.Snapshot(); s.Components[0].Emitted != 4+4+1 {
			t.Errorf("%d emitted", s.Components[0].Emitted)
		}
	})
}
