package child

import (
	"log/slog"
	"sync"
	"time"
)

const (
	noiseKept     = 5  // lines that are kept for a report
	noisePerSpell = 10 // lines that are logged in a noiseSpell
	noiseSpell    = time.Second
)

// noise is what a child wrote to its stdout that is no protocol: logged, but not all of it where it is much, and counted.
type noise struct {
	log *slog.Logger

	mu      sync.Mutex // guards all below
	first   []string
	count   int
	began   time.Time // of the spell
	inSpell int
	muted   int // lines since one was logged
}

func (n *noise) add(line []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count++
	if len(n.first) < noiseKept {
		n.first = append(n.first, string(shorten(line)))
	}
	if now := time.Now(); now.Sub(n.began) >= noiseSpell {
		n.began, n.inSpell = now, 0
	}
	if n.inSpell++; n.inSpell > noisePerSpell {
		n.muted++
		return
	}
	n.log.Warn("not a message of the protocol, ignored: "+string(line), "stream", "stdout", "count", n.count, "not_logged", n.muted)
	n.muted = 0
}

func (n *noise) kept() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.first...)
}
