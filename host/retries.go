package host

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/retry"
	"github.com/gstorm/gstorm/host/tap"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/packed"
)

const (
	// pooledStrikes is of how many messages a task counts failures that were not emitted again yet.
	pooledStrikes = 100_000
	// letterSays is how often the log says that dead letters can't be kept.
	letterSays = time.Minute
	// keepsFor is for how long after a failure tuples are kept, so that the next ones are known by their values.
	keepsFor = time.Minute
)

// kept is a tuple of a spout as it was emitted.
type kept struct {
	json, packed []byte
	direct       int
	letter       string // the dead letter that it is emitted of; "": it is the spout's
	hash         uint64 // of stream and values; 0: nobody has asked
	strike       retry.Strike
}

// text are the values as JSON; nil: they are not known.
func (k *kept) text() ([]byte, error) {
	switch {
	case k == nil:
		return nil, nil
	case k.json != nil:
		return k.json, nil
	}
	values, err := packed.Values(k.packed)
	if err != nil {
		return nil, err
	}
	return tap.Text(values), nil
}

// retries are the failures in a row of one spout task's messages, and its dead letters: those that become some, and those that are
// replayed. The methods are called by the spout's loop, but for those that say something else.
type retries struct {
	*task
	max     int               // failures in a row that make a dead letter; 0: none do
	list    *deadletters.List // nil if max is 0
	dying   []dying
	said    time.Time // when it was said last that letters can't be kept
	replays replays

	emitting sync.Mutex   // held while the task's emitter is used, which replays do from another goroutine; with max 0 there are none
	failing  atomic.Int64 // when a message has failed (ns since 1970); 0: not lately
	striking atomic.Bool  // the pool has something
	mu       sync.Mutex   // guards pool
	pool     *retry.Pool
}

// hashSeed is that of kept.hash.
var hashSeed = maphash.MakeSeed()

// dying is a message that has failed for the last time.
type dying struct {
	strike retry.Strike
	end    *acker.Outcome[message]
	letter *deadletters.Letter
}

func newRetries(t *task) *retries {
	r := &retries{task: t, max: t.settings.retryMax, list: t.worker.options.Letters, pool: retry.NewPool(pooledStrikes)}
	if r.max > 0 && r.list == nil {
		t.log.Warn(gstorm.RetryMax + " has no effect: there is no place for dead letters here")
		r.max = 0
	}
	return r
}

// lock is called by whoever uses the task's emitter, and unlock afterwards. Nil retries are a bolt's.
func (r *retries) lock() {
	if r != nil && r.max > 0 {
		r.emitting.Lock()
	}
}

func (r *retries) unlock() {
	if r != nil && r.max > 0 {
		r.emitting.Unlock()
	}
}

// keep keeps the tuple of a message that the spout emits for as long as its tree lasts, where that may be of use. It is called by who
// emits.
func (r *retries) keep(m *message, t *gstorm.Tuple, direct int) {
	if r.max == 0 && !r.lately() {
		return
	}
	k := &kept{direct: direct}
	switch {
	case t.Values != nil: // they belong to who gets them from now on
		row, err := packed.AppendValues(nil, t.Values)
		if err != nil {
			return
		}
		_, length := binary.Uvarint(row)
		k.packed = row[length:]
	case t.JSON != nil || t.Packed != nil: // they must not hold on to the reader's memory
		k.json, k.packed = bytes.Clone(t.JSON), bytes.Clone(t.Packed)
	default:
		return
	}
	m.kept = k
	if !r.striking.Load() {
		return
	}
	id, hash := m.emission(), k.sum(m.source)
	r.mu.Lock()
	defer r.mu.Unlock()
	k.strike, _ = r.pool.Take(id, hash)
	r.striking.Store(r.pool.Len() > 0)
}

// lately reports whether a message has failed a short time ago.
func (r *retries) lately() bool {
	at := r.failing.Load()
	if at == 0 {
		return false
	}
	if time.Since(time.Unix(0, at)) < keepsFor {
		return true
	}
	r.failing.CompareAndSwap(at, 0)
	return false
}

// emission is what a message is known by among those of the same process: another process may mean something else by its id.
func (m *message) emission() string { return strconv.Itoa(m.life) + " " + m.key() }

// sum is the hash of a tuple's stream and values.
func (k *kept) sum(source *gstorm.Source) uint64 {
	if k.hash != 0 {
		return k.hash
	}
	var h maphash.Hash
	h.SetSeed(hashSeed)
	if source != nil {
		_, _ = h.WriteString(source.Stream) // a hash takes all
	}
	_ = h.WriteByte(0)
	_, _ = h.Write(k.json)
	_, _ = h.Write(k.packed)
	k.hash = max(1, h.Sum64())
	return k.hash
}

// failed counts a failure. finally: nobody is there who would emit the message again. It returns what the message is called, over all
// its failures. What becomes a dead letter waits for bury.
func (r *retries) failed(o *acker.Outcome[message], now time.Time, finally bool) (key string) {
	r.failing.Store(now.UnixNano())
	m := &o.Owner
	if m.kept == nil {
		if r.max > 0 {
			r.say("a message has failed, and its tuple can't be kept as a dead letter, as its values have no form that could be written: its spout is told of the failure",
				slog.String("message", m.text()))
		}
		return m.key()
	}
	strike := m.kept.strike
	if strike.Times == 0 {
		strike.Key, strike.First = m.key(), now
	}
	strike.Times++
	if r.max > 0 && m.source != nil && (finally || strike.Times >= uint64(r.max)) {
		text, err := m.kept.text()
		if err == nil {
			r.dying = append(r.dying, dying{strike, o, &deadletters.Letter{
				Component: r.component.ID, Task: r.id, Stream: m.source.Stream, Direct: m.kept.direct, Message: m.text(), Fields: m.source.Fields,
				Values: text, Packed: m.kept.packed, Failures: strike.Times, First: strike.First, Last: now, Cause: causeOf(o.Kind, o.Cause),
			}})
			return strike.Key
		}
		r.say("a message has failed as often as it may, and its values can't be read: its spout is told of the failure", slog.String("message", m.text()), slog.Any("error", err))
	}
	r.strike(m, strike)
	return strike.Key
}

// strike has the next emission of a message know how often it has failed.
func (r *retries) strike(m *message, s retry.Strike) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pool.Put(m.emission(), m.kept.sum(m.source), s)
	r.striking.Store(true)
}

// bury puts what has failed for the last time on the list. What it returns is there, on disk.
func (r *retries) bury() []dying {
	if len(r.dying) == 0 {
		return nil
	}
	defer func() { r.dying = r.dying[:0] }()
	list := make([]*deadletters.Letter, len(r.dying))
	for i := range r.dying {
		list[i] = r.dying[i].letter
	}
	n, err := r.list.Put(r.settings.deadLetters, list...)
	if err != nil {
		text := "a dead letter can't be written, and its spout is told of the failure as before"
		if errors.As(err, new(*deadletters.FullError)) {
			text = "there is no room for a dead letter, and its spout is told of the failure as before; gstorm dead-letters has them replayed or dropped"
		}
		r.say(text, slog.Any("error", err), slog.Int("letters", len(list)-n))
	}
	for _, d := range r.dying[n:] {
		r.strike(&d.end.Owner, d.strike)
	}
	if n > 0 {
		first := list[0]
		r.log.Warn("tuples that nobody could handle are dead letters now", slog.Int("letters", n), slog.String("first", first.ID),
			slog.String("message", first.Message), slog.Uint64("failures", first.Failures), slog.String("cause", first.Cause.Reason))
	}
	return r.dying[:n]
}

// say logs that letters can't be kept, not too often.
func (r *retries) say(text string, attrs ...any) {
	if now := time.Now(); now.Sub(r.said) >= letterSays {
		r.said = now
		r.log.Error(text, attrs...)
	}
}
