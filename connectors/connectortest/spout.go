package connectortest

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
)

// SpoutKit says what a spout is to be judged by.
type SpoutKit struct {
	// New makes a spout, not opened, that emits Want. Each test makes one of its own, some another after it.
	New func(t *testing.T) gstorm.Spout
	// Want is what one task emits, in order: at least two tuples. Ids are the spout's business.
	Want []Emission
	// Endless: the spout does not finish; it is judged by Want all the same.
	Endless bool
	// Resumes: a spout that is made after another one begins behind what was acked to that, instead of at the beginning.
	Resumes bool
	// Alone: the tasks of a component do not share Want out.
	Alone bool
	// Idle is called whenever the spout has emitted nothing; nil: others get to run. In a bubble of testing/synctest it may
	// sleep.
	Idle func()
}

// Spout tests a spout that replays: every message is emitted once if it is acked, and again each time that it fails, until
// it is acked; the spout finishes when nothing is left to emit.
func Spout(t *testing.T, k SpoutKit) {
	t.Helper()
	if k.Idle == nil {
		k.Idle = runtime.Gosched
	}
	t.Run("what is acked comes once", k.once)
	t.Run("what fails comes again", k.replay)
	t.Run("what fails after the last message comes again", k.lateFailures)
	t.Run("what fails again and again comes again and again", k.stubborn)
	t.Run("it goes on after a rest", k.rest)
	t.Run("another one begins where it should", k.reopen)
	if !k.Alone {
		t.Run("tasks share the messages", k.share)
	}
	t.Run("it does not outlast its context", k.cancelled)
}

// drive drives one spout.
type drive struct {
	*testing.T
	kit      *SpoutKit
	spout    gstorm.Spout
	out      Recorder
	seen     int
	finished bool
}

func (k *SpoutKit) begin(t *testing.T, index, of int) *drive {
	t.Helper()
	d := &drive{T: t, kit: k, spout: k.New(t)}
	openAs(t, d.spout, Task(t, index, of))
	d.activate(true)
	return d
}

func (d *drive) activate(on bool) {
	d.Helper()
	a, ok := d.spout.(gstorm.Activator)
	if !ok {
		return
	}
	what, call := "activate", a.Activate
	if !on {
		what, call = "deactivate", a.Deactivate
	}
	if err := call(d.Context()); err != nil {
		d.Fatalf("%s: %v", what, err)
	}
}

// next calls Next once and returns what came of it.
func (d *drive) next(ctx context.Context) []Emission {
	d.Helper()
	err := d.spout.Next(ctx, gstorm.NewSpoutCollector(&d.out))
	d.finished = errors.Is(err, gstorm.ErrFinished)
	if err != nil && !d.finished {
		d.Fatalf("next: %v", err)
	}
	all := d.out.Emitted()
	fresh := all[d.seen:]
	d.seen = len(all)
	return fresh
}

// take calls Next until n messages have come, or the spout has finished.
func (d *drive) take(n int) []Emission {
	d.Helper()
	var got []Emission
	deadline := time.Now().Add(patience)
	for len(got) < n {
		fresh := d.next(d.Context())
		got = append(got, fresh...)
		if d.finished {
			break
		}
		if len(fresh) == 0 {
			if time.Now().After(deadline) {
				d.Fatalf("after %v there are %d messages, not %d", patience, len(got), n)
			}
			d.kit.Idle()
		}
	}
	for _, e := range got {
		if e.ID == nil {
			d.Fatalf("%v was emitted without a message id", e.Values)
		}
		if !reflect.TypeOf(e.ID).Comparable() {
			d.Fatalf("the message id %v can't be compared", e.ID)
		}
	}
	return got
}

// all takes what is left, which must be n messages.
func (d *drive) all(n int) []Emission {
	d.Helper()
	if d.kit.Endless {
		return d.take(n)
	}
	got := d.take(n + 1)
	if !d.finished {
		d.Errorf("the spout has emitted %d messages, which is more than the %d that there are", len(got), n)
	}
	return got
}

func (d *drive) answer(ack bool, messages ...Emission) {
	a, ok := d.spout.(gstorm.Acknowledger)
	if !ok {
		d.Fatal("the spout does not want to know of acks and fails, so it can't replay")
	}
	for _, m := range messages {
		if ack {
			a.Ack(m.ID)
		} else {
			a.Fail(m.ID)
		}
	}
}

// same compares emissions but for their ids.
func (d *drive) same(what string, want, got []Emission) {
	d.Helper()
	if diff := cmp.Diff(withoutIDs(want), withoutIDs(got)); diff != "" {
		d.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func withoutIDs(emissions []Emission) []Emission {
	bare := slices.Clone(emissions)
	for i := range bare {
		bare[i].ID = nil
	}
	return bare
}

// sameByID compares emissions that come again, whose order is free, by their ids.
func (d *drive) sameByID(first, again []Emission) {
	d.Helper()
	left := map[any]Emission{}
	for _, e := range first {
		if _, double := left[e.ID]; double {
			d.Errorf("two messages have the id %v", e.ID)
		}
		left[e.ID] = e
	}
	for _, e := range again {
		want, ok := left[e.ID]
		if !ok {
			d.Errorf("%v came with the id %v, which had not failed, or came twice", e.Values, e.ID)
			continue
		}
		d.same("a message that came again", []Emission{want}, []Emission{e})
		delete(left, e.ID)
	}
	for id, e := range left {
		d.Errorf("%v with the id %v failed and did not come again", e.Values, id)
	}
}

func (k *SpoutKit) once(t *testing.T) {
	d := k.begin(t, 0, 1)
	var got []Emission
	for range k.Want {
		fresh := d.take(1)
		got = append(got, fresh...)
		d.answer(true, fresh...)
	}
	got = append(got, d.all(len(k.Want)-len(got))...)
	d.same("messages", k.Want, got)
	Close(t, d.spout)
}

func (k *SpoutKit) replay(t *testing.T) {
	d := k.begin(t, 0, 1)
	first := d.take(1)
	d.answer(false, first...)
	rest := d.all(len(k.Want)) // the one that failed among them, whenever the spout likes
	again := slices.DeleteFunc(slices.Clone(rest), func(e Emission) bool { return e.ID != first[0].ID })
	d.sameByID(first, again)
	others := slices.DeleteFunc(rest, func(e Emission) bool { return e.ID == first[0].ID })
	d.same("messages", k.Want, append(first, others...))
	d.answer(true, append(again, others...)...)
	d.all(0)
	Close(t, d.spout)
}

func (k *SpoutKit) lateFailures(t *testing.T) {
	d := k.begin(t, 0, 1)
	first := d.all(len(k.Want))
	d.same("messages", k.Want, first)
	d.answer(false, first...)
	again := d.all(len(k.Want))
	d.sameByID(first, again)
	d.answer(true, again...)
	d.all(0)
	Close(t, d.spout)
}

func (k *SpoutKit) stubborn(t *testing.T) {
	d := k.begin(t, 0, 1)
	all := d.all(len(k.Want))
	last := all[len(all)-1]
	d.answer(true, all[:len(all)-1]...)
	for range 5 {
		d.answer(false, last)
		d.sameByID([]Emission{last}, d.all(1))
	}
	d.answer(true, last)
	d.all(0)
	Close(t, d.spout)
}

func (k *SpoutKit) rest(t *testing.T) {
	d := k.begin(t, 0, 1)
	got := d.take(1)
	d.activate(false)
	d.answer(true, got...)
	d.activate(true)
	got = append(got, d.all(len(k.Want)-1)...)
	d.same("messages", k.Want, got)
	Close(t, d.spout)
}

func (k *SpoutKit) reopen(t *testing.T) {
	d := k.begin(t, 0, 1)
	messages := d.take(2)
	d.answer(true, messages[0])
	Close(t, d.spout)
	want := k.Want
	if k.Resumes {
		want = want[1:]
	}
	d = k.begin(t, 0, 1)
	d.same("messages of a spout that begins after another one", want, d.all(len(want)))
	Close(t, d.spout)
}

func (k *SpoutKit) share(t *testing.T) {
	tasks := []*drive{k.begin(t, 0, 2), k.begin(t, 1, 2)}
	var got []Emission
	deadline := time.Now().Add(patience)
	for !(tasks[0].finished && tasks[1].finished || k.Endless && len(got) >= len(k.Want)) {
		before := len(got)
		for _, d := range tasks {
			got = append(got, d.next(t.Context())...)
		}
		if len(got) == before {
			k.Idle()
		}
		if time.Now().After(deadline) {
			break
		}
	}
	left := withoutIDs(k.Want)
	for _, e := range withoutIDs(got) {
		at := slices.IndexFunc(left, func(w Emission) bool { return cmp.Equal(w, e) })
		if at < 0 {
			t.Errorf("%v came from two tasks, or is not wanted", e.Values)
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, e := range left {
		t.Errorf("%v came from neither of two tasks", e.Values)
	}
	for _, d := range tasks {
		Close(t, d.spout)
	}
}

func (k *SpoutKit) cancelled(t *testing.T) {
	d := k.begin(t, 0, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range len(k.Want) + 1 { // an error is fine, waiting is not
		_ = d.spout.Next(ctx, gstorm.NewSpoutCollector(&d.out))
	}
	Close(t, d.spout)
}
