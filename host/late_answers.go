package host

import (
	"sync"
	"sync/atomic"
)

// lateAnswers are answers to held tuples, from whatever goroutine, until the bolt's task takes them.
type lateAnswers struct {
	wake chan struct{} // holds one when there may be some
	some atomic.Bool   // the list is not empty

	mu   sync.Mutex // guards list
	list []lateAnswer
}

// lateAnswer is one: a nil err is an ack.
type lateAnswer struct {
	id  uint64
	err error
}

func newLateAnswers() *lateAnswers { return &lateAnswers{wake: make(chan struct{}, 1)} }

// later returns the function that answers a tuple; its first call counts.
func (l *lateAnswers) later(id uint64) func(error) {
	var once sync.Once
	return func(err error) {
		once.Do(func() {
			l.mu.Lock()
			l.list = append(l.list, lateAnswer{id, err})
			l.some.Store(true)
			l.mu.Unlock()
			select {
			case l.wake <- struct{}{}:
			default:
			}
		})
	}
}

// take returns what came since the last call.
func (l *lateAnswers) take() []lateAnswer {
	if !l.some.Load() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	l.some.Store(false)
	return list
}
