package child

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/internal/clock"
)

// What the host's lines to the guard begin with.
const (
	addMark    = "+" // a process group exists
	dropMark   = "-" // a process group is gone
	removeMark = "=" // a directory is to be removed at the end
	markMark   = "~" // what the environment of every child is marked with (see markEnv)
	hostMark   = "^" // the host's process
	holdMark   = "@" // until when the host and its children may go on (see Hold), in nanoseconds of internal/clock
)

// RunGuard is all that a guard process does: it reads from the host, on a pipe that only the host holds, which process
// groups there are, and when the pipe ends, because the host has ended in whatever way, it kills those that are left, and
// what has escaped from them. A host that is bound by a Hold, and does not say in time that it goes on, is killed with
// them; words gets a line then. It ignores the signals that a terminal or a service manager sends to everybody.
func RunGuard(in *os.File, words io.Writer) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	return keepGuard(in, words)
}

// keepGuard is RunGuard without its effect on the process's signals.
func keepGuard(in *os.File, words io.Writer) error {
	k := &keeper{in: in, words: words, groups: map[int]struct{}{}}
	lines := bufio.NewReader(in)
	for {
		if k.until != 0 && lines.Buffered() == 0 {
			// Only who has read all that the host has said knows that it has not said it in time.
			if said, err := k.listen(); err != nil {
				return k.cleanUp(err)
			} else if !said {
				k.look()
				continue
			}
		}
		line, err := lines.ReadString('\n')
		if err != nil { // what stands before the end without a line break may be half a number
			return k.cleanUp(err)
		}
		k.heed(line[:1], strings.TrimSuffix(line[1:], "\n"))
	}
}

// keeper is what a guard knows.
type keeper struct {
	in      *os.File
	words   io.Writer
	groups  map[int]struct{}
	dir     string
	escaped string
	host    int
	until   time.Duration // 0: there is no bound
}

// heed takes a line from the host.
func (k *keeper) heed(mark, rest string) {
	number, _ := strconv.ParseInt(rest, 10, 64)
	pid := int(number)
	switch {
	case mark == removeMark:
		k.dir = rest
	case mark == markMark:
		k.escaped = rest
	case number <= 1: // kill(2) takes -1 for everybody
	case mark == addMark:
		k.groups[pid] = struct{}{}
	case mark == dropMark:
		delete(k.groups, pid)
	case mark == hostMark:
		k.host = pid
	case mark == holdMark:
		k.until = time.Duration(number)
	}
}

// lookEvery is how often a guard that has a bound looks at the clock at least: what waits stands still while the machine sleeps.
const lookEvery = 250 * time.Millisecond

// listen waits for the host to say something, at most until the clock is to be looked at.
func (k *keeper) listen() (said bool, err error) {
	for {
		wait := min(k.until-clock.Now(), lookEvery)
		fds := []unix.PollFd{{Fd: int32(k.in.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int((max(wait, 0)+time.Millisecond-1)/time.Millisecond))
		if err != unix.EINTR {
			return n > 0, err
		}
	}
}

// look ends the host and its children if their time is over. What the host still starts meanwhile goes when the pipe ends.
func (k *keeper) look() {
	if clock.Now() < k.until {
		return
	}
	k.until = 0
	k.killGroups()
	_, _ = fmt.Fprintln(k.words, "it was ended by its guard: it did not say in time that it goes on, so it was stopped, or got no processor or memory")
	if k.host > 1 && os.Getppid() == k.host { // it lives, so that its number is nobody else's
		_ = syscall.Kill(k.host, syscall.SIGKILL)
	}
	k.killEscaped()
}

func (k *keeper) killGroups() {
	for pgid := range k.groups {
		_ = syscall.Kill(-pgid, syscall.SIGKILL) // fails if there is nobody
	}
}

func (k *keeper) killEscaped() {
	if k.escaped != "" {
		killMarked(k.escaped)
	}
}

func (k *keeper) cleanUp(cause error) error {
	k.killGroups()
	k.killEscaped()
	if k.dir != "" {
		if err := os.RemoveAll(k.dir); err != nil {
			return fmt.Errorf("remove directory for pid files: %w", err)
		}
	}
	if cause != io.EOF {
		return fmt.Errorf("read from host: %w", cause)
	}
	return nil
}
