package lease

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

const (
	length = 3 * time.Second
	tasks  = 6
)

// world is a small cluster whose leaders come and go, whose messages are late or lost, whose clocks run at different speeds,
// and whose workers are moved about. Time goes in steps.
type world struct {
	*rand.Rand
	t       *testing.T
	now     time.Duration
	leaders []*leader // the last one leads; others may not know yet that they no longer do
	workers []*worker
	next    int
	mail    []letter
	begun   int // how often a worker began
}

type clock struct {
	speed  float64
	offset time.Duration
}

func (c clock) at(now time.Duration) time.Duration {
	return c.offset + time.Duration(float64(now)*c.speed)
}

type leader struct {
	clock
	table *Table
	place map[int][]int // tasks by worker, as this leader has decided
}

type worker struct {
	clock
	Worker
	tasks   []int
	holder  Holder
	running bool
	frozen  time.Duration // until then it does nothing, as a machine that sleeps; its holder runs out all the same
}

// letter is a question on its way to a leader, or the answer on its way back.
type letter struct {
	due     time.Duration
	worker  *worker
	asked   time.Duration
	running bool
	answer  bool
	granted bool
}

func newClock(r *rand.Rand) clock {
	// Two such clocks differ by at most 1.1.
	return clock{1 + 0.095*(r.Float64()-0.5), time.Duration(r.IntN(1000)) * time.Second}
}

// TestNoTaskRunsTwice is the reason for the package: in hundreds of histories (HISTORIES=3000: thousands) no task is run by two workers at any time,
// and yet all tasks run most of the time.
func TestNoTaskRunsTwice(t *testing.T) {
	const step, end = 20 * time.Millisecond, 60 * time.Second
	histories := 200
	if n, err := strconv.Atoi(os.Getenv("HISTORIES")); err == nil {
		histories = n
	}
	for seed := range uint64(histories) {
		w := &world{Rand: rand.New(rand.NewPCG(seed, 1)), t: t}
		w.elect()
		for range 3 {
			w.open()
		}
		for w.now = 0; w.now < end; w.now += step {
			w.step()
			if t.Failed() {
				t.Fatalf("seed %d, at %s", seed, w.now)
			}
		}
		if w.begun < 2 {
			t.Fatalf("seed %d: only %d workers ever began", seed, w.begun)
		}
	}
}

func (w *world) leader() *leader { return w.leaders[len(w.leaders)-1] }

func (w *world) elect() {
	l := &leader{clock: newClock(w.Rand), place: map[int][]int{}}
	l.table = NewTable(l.at(w.now), length, everBefore)
	if len(w.leaders) > 0 {
		for id, tasks := range w.leader().place { // is in the replicated state
			l.place[id] = tasks
		}
	}
	w.leaders = append(w.leaders, l)
}

// open makes a worker, and gives it tasks that others have had.
func (w *world) open() {
	w.next++
	n := &worker{clock: newClock(w.Rand), Worker: Worker{"words-1", w.next}}
	for task := range tasks {
		if w.IntN(3) == 0 {
			n.tasks = append(n.tasks, task)
		}
	}
	l := w.leader()
	for id, list := range l.place {
		left := []int{}
		for _, task := range list {
			if !contains(n.tasks, task) {
				left = append(left, task)
			}
		}
		if l.place[id] = left; len(left) < len(list) {
			delete(l.place, id) // who loses a task is replaced
		}
	}
	l.place[n.ID] = n.tasks
	w.workers = append(w.workers, n)
}

func contains(list []int, n int) bool {
	for _, each := range list {
		if each == n {
			return true
		}
	}
	return false
}

func (w *world) step() {
	switch w.IntN(400) {
	case 0:
		w.elect()
	case 1, 2:
		w.open()
	case 3:
		w.workers[w.IntN(len(w.workers))].frozen = w.now + time.Duration(w.IntN(8000))*time.Millisecond
	}
	for _, n := range w.workers {
		if w.now < n.frozen {
			continue
		}
		if n.running && n.holder.Left(n.at(w.now)) <= 0 {
			n.running = false
		}
		if w.IntN(20) == 0 {
			w.send(letter{worker: n, asked: n.at(w.now), running: n.running})
		}
	}
	w.deliver()
	w.check()
}

// send has a letter arrive some time later, or never.
func (w *world) send(l letter) {
	if w.IntN(10) == 0 {
		return
	}
	delay := time.Duration(w.IntN(100)) * time.Millisecond
	if w.IntN(20) == 0 {
		delay = time.Duration(w.IntN(6000)) * time.Millisecond
	}
	l.due = w.now + delay
	w.mail = append(w.mail, l)
}

func (w *world) deliver() {
	var later []letter
	due := w.mail
	w.mail = nil
	for _, l := range due {
		switch {
		case w.now < l.due:
			later = append(later, l)
		case l.answer:
			w.answered(l)
		default:
			w.asked(l)
		}
	}
	w.mail = append(w.mail, later...)
}

// asked is a leader that gets a question. One that was replaced finds that out when it asks the others, as it must.
func (w *world) asked(l letter) {
	at := w.leader()
	arrived := at.at(w.now)
	if list, placed := at.place[l.worker.ID]; placed && len(list) == len(l.worker.tasks) {
		if l.running {
			at.table.Renew(arrived, l.worker.Worker, 1, l.worker.tasks)
			l.granted = true
		} else {
			l.granted = at.table.Begin(arrived, l.worker.Worker, 1, l.worker.tasks)
		}
	}
	if w.IntN(50) == 0 {
		at.table.Forget(arrived)
	}
	l.answer = true
	w.send(l)
}

// answered is a worker that gets an answer, perhaps long after it has stopped, or when the lease has run out already.
func (w *world) answered(l letter) {
	n := l.worker
	if !l.granted || w.now < n.frozen {
		return
	}
	if !l.running && n.running {
		return // of a question before
	}
	if l.running && !n.running {
		return // it has stopped meanwhile, and has to begin anew
	}
	n.holder.Granted(l.asked, length)
	if !n.running && n.holder.Left(n.at(w.now)) > 0 {
		n.running = true
		w.begun++
	}
}

// check finds tasks that run twice. A frozen worker runs nothing; what it does when it wakes up comes after a look at its
// lease.
func (w *world) check() {
	at := map[int]int{}
	for _, n := range w.workers {
		if !n.running || n.holder.Left(n.at(w.now)) <= 0 {
			continue
		}
		for _, task := range n.tasks {
			if other, twice := at[task]; twice {
				w.t.Errorf("task %d runs at %d and at %d", task, other, n.ID)
			}
			at[task] = n.ID
		}
	}
}
