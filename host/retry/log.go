package retry

import (
	"container/list"
	"time"

	"github.com/gstorm/gstorm/host/acker"
)

// Log remembers the messages that have failed last. The zero value can't be used; NewLog makes one.
type Log[T any] struct {
	most    int
	total   uint64
	order   list.List                // of *Entry[T], the newest in front
	entries map[string]*list.Element // by key
}

// Entry is one of them.
type Entry[T any] struct {
	Key         string
	Times       uint64
	First, Last time.Time
	Kind        acker.Kind
	Cause       *acker.Cause
	Tuple       T // what the caller keeps of it
	Dead        bool
}

// NewLog is a Log that remembers most messages.
func NewLog[T any](most int) *Log[T] {
	return &Log[T]{most: most, entries: map[string]*list.Element{}}
}

// Fail notes that a message has failed. The message that has not failed for longest is forgotten, where there would be too many.
func (l *Log[T]) Fail(key string, now time.Time, kind acker.Kind, cause *acker.Cause, tuple T) *Entry[T] {
	l.total++
	at := l.entries[key]
	if at == nil {
		at = l.order.PushFront(&Entry[T]{Key: key, First: now})
		l.entries[key] = at
		if l.order.Len() > l.most {
			delete(l.entries, l.order.Remove(l.order.Back()).(*Entry[T]).Key)
		}
	} else {
		l.order.MoveToFront(at)
	}
	e := at.Value.(*Entry[T])
	e.Times++
	e.Last, e.Kind, e.Cause, e.Tuple, e.Dead = now, kind, cause, tuple, false
	return e
}

// Died notes that a message was given up, until it fails again. One that was forgotten is none any more.
func (l *Log[T]) Died(key string) {
	if at := l.entries[key]; at != nil {
		at.Value.(*Entry[T]).Dead = true
	}
}

// Total is how often Fail was called.
func (l *Log[T]) Total() uint64 { return l.total }

// Newest are the messages that are remembered, the one first that has failed last; at most so many.
func (l *Log[T]) Newest(most int) []Entry[T] {
	all := make([]Entry[T], 0, min(most, l.order.Len()))
	for at := l.order.Front(); at != nil && len(all) < most; at = at.Next() {
		all = append(all, *at.Value.(*Entry[T]))
	}
	return all
}

// Len is how many messages are remembered.
func (l *Log[T]) Len() int { return l.order.Len() }
