package child

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lingerFor is for how long a reader looks for what its child says before it sleeps. A component that was answered
	// mostly goes on within that; putting a thread to sleep and waking it up takes as long, and a processor that has
	// fallen idle meanwhile even longer.
	lingerFor = 50 * time.Microsecond
	// lingerTrial is how many answers are timed without looking, and then as many with it, and lingerCycle is how many
	// there are until that is done again.
	lingerTrial = 64
	lingerCycle = 32 * lingerTrial
)

// lingering is how many readers look, in the whole process.
var lingering atomic.Int32

// linger looks for what the child says without sleeping, where that costs nobody else a processor and has been seen to make
// the conversation faster. It is for the reader.
type linger struct {
	due     bool // before the next read
	answers int  // in this cycle
	began   time.Time
	without time.Duration // that lingerTrial answers took
	wins    bool
}

// look reads what comes within lingerFor; 0: nothing did, or it was not looked for.
func (l *linger) look(p *pipeEnd, b []byte) (n int) {
	now := time.Now()
	if !l.pays(now) || processors.contended(now) {
		return 0
	}
	// One that looks and the child that it looks for keep two processors busy.
	if int(lingering.Add(1)) <= runtime.GOMAXPROCS(0)/2 {
		n = p.poll(b, now.Add(lingerFor))
	}
	lingering.Add(-1)
	return n
}

// pays reports whether to look after an answer: in the trial, and where that was a fifth faster at least.
func (l *linger) pays(now time.Time) bool {
	switch l.answers {
	case 0:
		l.began = now
	case lingerTrial:
		l.without, l.began = now.Sub(l.began), now
	case 2 * lingerTrial:
		l.wins = now.Sub(l.began) < l.without*4/5
	}
	trial := l.answers >= lingerTrial && l.answers < 2*lingerTrial
	pays := trial || l.answers >= 2*lingerTrial && l.wins
	l.answers = (l.answers + 1) % lingerCycle
	return pays
}

// poll reads what comes until a time, letting other goroutines run.
func (p *pipeEnd) poll(b []byte, until time.Time) (n int) {
	conn, err := p.file.SyscallConn()
	for err == nil {
		var fault error
		err = conn.Read(func(fd uintptr) bool {
			n, fault = unix.Read(int(fd), b)
			return true
		})
		if err != nil || n > 0 || fault != unix.EAGAIN || time.Now().After(until) {
			return max(n, 0)
		}
		runtime.Gosched()
	}
	return 0
}

// processors is what there is to share.
var processors = load{runnable: runnableThreads}

// load looks now and then whether there is more to run on the machine than there are processors.
type load struct {
	runnable func() (threads int, known bool)

	mu      sync.Mutex // guards all below
	next    time.Time  // when to look again
	average float64    // of the threads that could run
	known   bool
	over    bool // there were too many when it was last decided
}

const (
	// loadEvery is how long a look at the load holds. It counts the threads of one moment, so only the average says much.
	loadEvery = 5 * time.Millisecond
	// loadSlack is how many threads more than processors there may be on average before it is called too many: readers
	// that look count among them, and what they are about does not all run at once.
	loadSlack = 0.5
)

// contended reports whether somebody else could use a processor, also where that can't be known.
func (l *load) contended(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.After(l.next) {
		l.next = now.Add(loadEvery)
		threads, known := l.runnable()
		if !l.known {
			l.average = float64(threads)
		}
		l.known = known
		l.average += (float64(threads) - l.average) / 8
		limit := float64(runtime.NumCPU())
		if !l.over {
			limit += loadSlack
		}
		l.over = !known || l.average > limit
	}
	return l.over
}
