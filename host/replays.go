package host

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// lookAtLetters is how often it is looked whether somebody wants letters to be replayed.
	lookAtLetters = time.Second
	// replaysAtOnce is how many trees of replays a spout task has at one time.
	replaysAtOnce = 100
)

// replays are dead letters that a spout task emits again. The list itself says which are to be: so a wish outlasts whoever had it,
// and the worker. A letter is there until its tree was acked.
type replays struct {
	mu      sync.Mutex // guards all below
	waiting []deadletters.Letter
	begun   map[string]bool // those that were emitted, and whose end is not on the list yet
	acked   []string        // letters that are to be dropped
	ends    int             // how many have come to an end
}

// watchLetters finds the letters that are to be replayed, until ctx ends.
func (w *Worker) watchLetters(ctx context.Context) {
	loops := slices.DeleteFunc(slices.Clone(w.loops), func(l *spoutLoop) bool { return l.retries.max == 0 })
	if len(loops) == 0 {
		return
	}
	every := time.NewTicker(lookAtLetters)
	defer every.Stop()
	for {
		if w.options.Letters.Changed() {
			ends := make([]int, len(loops))
			for i, l := range loops {
				ends[i] = l.retries.replays.count()
			}
			all, _, err := w.options.Letters.All()
			if err != nil {
				w.log.Error("the dead letters can't be read", "error", err)
			}
			for i, l := range loops {
				l.retries.want(all, ends[i])
			}
		}
		for _, l := range loops {
			l.retries.drop()
			if l.replays() {
				l.tracker.signal()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func (p *replays) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ends
}

// want is called with all letters that there were when so many replays had come to an end. What ends changes the list, so that it is
// looked at again.
func (r *retries) want(all []deadletters.Letter, ends int) {
	r.replays.mu.Lock()
	defer r.replays.mu.Unlock()
	r.replays.waiting = nil
	if r.replays.ends != ends {
		return
	}
	for i := range all {
		l := &all[i]
		if l.Asked && l.Component == r.component.ID && deadletters.Home(l, r.component.TaskIDs) == r.id && !r.replays.begun[l.ID] {
			r.replays.waiting = append(r.replays.waiting, *l)
		}
	}
}

// drop removes the letters whose trees were acked. What can't be removed now is so later; it is not replayed again meanwhile.
func (r *retries) drop() {
	r.replays.mu.Lock()
	acked := r.replays.acked
	r.replays.acked = nil
	r.replays.mu.Unlock()
	if len(acked) == 0 {
		return
	}
	_, err := r.list.Drop(stats.LetterChoice{IDs: acked})
	r.replays.mu.Lock()
	defer r.replays.mu.Unlock()
	if err != nil {
		r.log.Error("dead letters that were replayed and acked can't be removed", "error", err)
		r.replays.acked = append(r.replays.acked, acked...)
		return
	}
	for _, id := range acked {
		delete(r.replays.begun, id)
	}
	r.replays.ends++
}

// replays reports whether there is something to be emitted again now.
func (l *spoutLoop) replays() bool {
	if l.retries.max == 0 {
		return false
	}
	p := &l.retries.replays
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) > 0
}

// next is the letter to be emitted next, if there is one and not too many are under way.
func (r *retries) next() (l deadletters.Letter, ok bool) {
	r.replays.mu.Lock()
	defer r.replays.mu.Unlock()
	if len(r.replays.waiting) == 0 || len(r.replays.begun) >= replaysAtOnce {
		return l, false
	}
	l, r.replays.waiting = r.replays.waiting[0], r.replays.waiting[1:]
	if r.replays.begun == nil {
		r.replays.begun = map[string]bool{}
	}
	r.replays.begun[l.ID] = true
	return l, true
}

// replay emits letters again, unless the component emits right now: its turn comes again.
func (l *spoutLoop) replay() {
	if !l.replays() || !l.active || l.renewed || l.ending() || !l.retries.emitting.TryLock() {
		return
	}
	defer l.retries.emitting.Unlock()
	for {
		letter, ok := l.retries.next()
		if !ok {
			break
		}
		l.emitAgain(&letter)
	}
	l.out.flush()
}

func (l *spoutLoop) emitAgain(letter *deadletters.Letter) {
	t := gstorm.Tuple{JSON: letter.Values, Packed: letter.Packed}
	var values gstorm.Values
	var err error
	if t.Packed != nil {
		t.JSON = nil
		values, err = packed.Values(t.Packed)
		if inProcess(l.component) {
			t.Packed, t.Values = nil, values // as it was emitted
		}
	} else {
		values, err = (&gstorm.Tuple{JSON: t.JSON, Source: &gstorm.Source{Component: letter.Component}}).Decode()
	}
	owner := message{life: l.life, kept: &kept{letter: letter.ID}}
	targets, fault := l.out.aim(letter.Stream, letter.Direct, &t, len(values))
	if err == nil {
		err = fault
	}
	if err != nil {
		l.tracker.refuse(owner, &acker.Cause{Component: l.component.ID, Task: l.id, Reason: err.Error()})
		return
	}
	n := len(targets)
	if !l.settings.acking {
		n = 0 // it counts as handled when it is sent
	}
	lineages, _ := l.tracker.open(owner, n, l.out.lineages[:0])
	l.out.lineages = lineages
	if n == 0 {
		lineages = nil
	} else {
		l.traceBegun(&owner, &t, lineages)
	}
	l.out.send(&t, targets, lineages)
}

// replayed notes what became of a letter that was emitted again.
func (r *retries) replayed(o *acker.Outcome[message], now time.Time) {
	id := o.Owner.kept.letter
	if o.Kind == acker.Acked {
		r.log.Info("a dead letter was replayed and acked", slog.String("letter", id))
		r.replays.mu.Lock()
		r.replays.acked = append(r.replays.acked, id)
		r.replays.mu.Unlock()
		r.drop()
		return
	}
	cause := causeOf(o.Kind, o.Cause)
	if err := r.list.Failed(id, now, cause); err != nil {
		r.log.Error("that the replay of a dead letter has failed can't be written", slog.String("letter", id), slog.Any("error", err))
		return // it is not replayed again before the task begins anew
	}
	r.log.Warn("the replay of a dead letter has failed", slog.String("letter", id), slog.String("cause", cause.Reason))
	r.replays.mu.Lock()
	defer r.replays.mu.Unlock()
	delete(r.replays.begun, id)
	r.replays.ends++
}
