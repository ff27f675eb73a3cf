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
)

// What the host's lines to the guard begin with.
const (
	addMark    = "+" // a process group exists
	dropMark   = "-" // a process group is gone
	removeMark = "=" // a directory is to be removed at the end
	markMark   = "~" // what the environment of every child is marked with (see markEnv)
)

// RunGuard is all that a guard process does: it reads from the host, on a pipe that only the host holds, which process
// groups there are, and when the pipe ends, because the host has ended in whatever way, it kills those that are left, and
// what has escaped from them. It ignores the signals that a terminal or a service manager sends to everybody.
func RunGuard(in io.Reader) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	return keepGuard(in)
}

// keepGuard is RunGuard without its effect on the process's signals.
func keepGuard(in io.Reader) error {
	groups := make(map[int]struct{})
	dir, escaped := "", ""
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // what stands before the end without a line break may be half a number
			return cleanUp(groups, escaped, dir, err)
		}
		mark, rest := line[:1], strings.TrimSuffix(line[1:], "\n")
		pgid, _ := strconv.Atoi(rest)
		switch {
		case mark == removeMark:
			dir = rest
		case mark == markMark:
			escaped = rest
		case pgid <= 1: // kill(2) takes -1 for everybody
			continue
		case mark == addMark:
			groups[pgid] = struct{}{}
		case mark == dropMark:
			delete(groups, pgid)
		}
	}
}

func cleanUp(groups map[int]struct{}, escaped, dir string, cause error) error {
	for pgid := range groups {
		_ = syscall.Kill(-pgid, syscall.SIGKILL) // fails if there is nobody
	}
	if escaped != "" {
		killMarked(escaped)
	}
	if dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove directory for pid files: %w", err)
		}
	}
	if cause != io.EOF {
		return fmt.Errorf("read from host: %w", cause)
	}
	return nil
}
