package plugin

import "sync"

// backlogBytes is how much is read ahead of the component: enough not to wait for gstorm, and so much that heartbeats are
// reached behind what the component has not begun with, however small the frames are.
const backlogBytes = 256 << 10

// frameCost is what a frame takes besides its tuples.
const frameCost = 128

// backlog are the frames that wait for the component. One goroutine puts, one takes.
type backlog struct {
	mu     sync.Mutex // guards all below
	change sync.Cond
	frames []frame
	bytes  int
	closed bool // nothing more comes
	ended  bool // nothing more is taken
}

func newBacklog() *backlog {
	b := &backlog{}
	b.change.L = &b.mu
	return b
}

// put adds a frame, and waits for room first. False: nobody takes it any more.
func (b *backlog) put(f frame) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.bytes >= backlogBytes && !b.ended {
		b.change.Wait()
	}
	if b.ended {
		return false
	}
	b.frames = append(b.frames, f)
	b.bytes += frameCost + len(f.tuples)
	b.change.Signal()
	return true
}

// take waits for the next frames, all that there are, and puts them into the place of frames. None: the end.
func (b *backlog) take(frames []frame) []frame {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.frames) == 0 && !b.closed {
		b.change.Wait()
	}
	clear(frames)
	taken := b.frames
	b.frames, b.bytes = frames[:0], 0
	b.change.Signal()
	return taken
}

// empty reports whether nothing waits.
func (b *backlog) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.frames) == 0
}

// close says that nothing more comes.
func (b *backlog) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.change.Broadcast()
}

// end says that nothing more is taken.
func (b *backlog) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.change.Broadcast()
}
