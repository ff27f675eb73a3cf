// Package seldom keeps what happens again and again from filling a log.
package seldom

import (
	"net"
	"sync"
	"time"
)

// Every is for how long what was said is not said again.
const Every = 5 * time.Minute

// most is how many things are remembered at once. Who makes up more than that is not let fill the memory either.
const most = 1000

// Speaker remembers what was said. Its zero value is ready, and may be used by any goroutine.
type Speaker struct {
	mu   sync.Mutex // guards said
	said map[string]time.Time
}

// May reports whether something, named by a key, is to be said: it was not in the last minutes.
func (s *Speaker) May(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if at, ok := s.said[key]; ok && now.Sub(at) < Every {
		return false
	}
	for k, at := range s.said {
		if now.Sub(at) >= Every {
			delete(s.said, k)
		}
	}
	if len(s.said) >= most {
		return false
	}
	if s.said == nil {
		s.said = map[string]time.Time{}
	}
	s.said[key] = now
	return true
}

// Host is an address without its port, which is another one at each try.
func Host(a net.Addr) string {
	if a == nil {
		return "nowhere"
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
