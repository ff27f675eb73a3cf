package child

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// TestLoad: nobody looks while others could use the processor, until that is over for good.
func TestLoad(t *testing.T) {
	threads, known, now := 0, true, time.Now()
	l := load{runnable: func() (int, bool) { return threads, known }}
	after := func(looks, runnable int) bool {
		threads = runnable
		for range looks {
			now = now.Add(2 * loadEvery)
			l.contended(now)
		}
		return l.contended(now)
	}
	n := runtime.NumCPU()
	for _, step := range []struct {
		looks, runnable int
		want            bool
	}{{1, n, false}, {1, n + 2, false}, {100, n + 1, true}, {1, n, true}, {100, n - 1, false}} {
		if got := after(step.looks, step.runnable); got != step.want {
			t.Errorf("after %d looks at %d threads on %d processors: %v (average %v)", step.looks, step.runnable, n, got, l.average)
		}
	}
	known = false
	if !after(1, 0) {
		t.Error("somebody looks although the load is not known")
	}
}

// TestLingerPays: whether to look is found out again and again, and at most a small part of the answers is spent on it.
func TestLingerPays(t *testing.T) {
	var l linger
	now := time.Now()
	// cycle lets a cycle of answers pass and counts those after which it looks.
	cycle := func(without, with time.Duration) (looks int) {
		for range lingerCycle {
			if now = now.Add(without); l.pays(now) {
				now = now.Add(with - without)
				looks++
			}
		}
		return looks
	}
	for i, c := range []struct {
		without, with time.Duration
		want          int
	}{
		{100, 50, lingerCycle - lingerTrial}, {100, 120, lingerTrial}, {100, 95, lingerTrial}, {60, 30, lingerCycle - lingerTrial},
	} {
		if got := cycle(c.without*time.Microsecond, c.with*time.Microsecond); got != c.want {
			t.Errorf("cycle %d, %v without and %v with: it looks after %d answers, want %d", i, c.without, c.with, got, c.want)
		}
	}
}

// TestPoll: what is there is read, and nothing is waited for any longer than was said.
func TestPoll(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, b := newPipeEnd(r), make([]byte, 10)
	if n := p.poll(b, time.Now()); n != 0 {
		t.Errorf("%d bytes came out of an empty pipe", n)
	}
	if _, err := w.WriteString("said"); err != nil {
		t.Fatal(err)
	}
	if n := p.poll(b, time.Now()); string(b[:n]) != "said" {
		t.Errorf("%q came", b[:n])
	}
	w.Close()
	if n := p.poll(b, time.Now().Add(time.Hour)); n != 0 { // the end is Read's to find
		t.Errorf("%d bytes came after the end", n)
	}
}

// TestTryWrite: all or nothing, and never a wait.
func TestTryWrite(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	in := &input{file: w}
	frame := make([]byte, AtOnce)
	if in.tryWrite(append(frame, 0)) {
		t.Error("more was written than is sure to be taken at once")
	}
	written := 0
	for in.tryWrite(frame) {
		written += len(frame)
	}
	if written == 0 || written > pipeCapacity {
		t.Errorf("%d bytes were written to a pipe that nobody reads", written)
	}
	if n, err := r.Read(frame); err != nil || n != len(frame) {
		t.Fatal(n, err)
	}
	for range pipeCapacity/len(frame) + 1 { // the kernel may make room by pages
		if in.tryWrite(frame) {
			break
		}
		if _, err := r.Read(frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.end(); err != nil || in.tryWrite(frame) {
		t.Errorf("after the end (%v) something was written", err)
	}
}
