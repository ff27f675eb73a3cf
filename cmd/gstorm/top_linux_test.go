package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal opens a pseudo terminal of 100 columns and 30 lines: the end of who sits there, and that of programs.
func openTerminal(t *testing.T) (sitting, program *os.File) {
	t.Helper()
	sitting, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals here: %v", err)
	}
	t.Cleanup(func() { _ = sitting.Close() })
	var number int
	raw, err := sitting.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failure error
	if err := raw.Control(func(fd uintptr) {
		if failure = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); failure == nil {
			number, failure = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
		if failure == nil {
			failure = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100})
		}
	}); err != nil || failure != nil {
		t.Fatal(err, failure)
	}
	program, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return sitting, program
}

// modes are how the terminal treats what is typed.
func modes(t *testing.T, terminal *os.File) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// TestTopOnATerminal: somebody looks at a run on all of a terminal, goes into a component and back; and the terminal is as it
// was before, by whatever gstorm top ends.
func TestTopOnATerminal(t *testing.T) {
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	_, page := startOnPage(t)
	address := strings.Trim(strings.TrimPrefix(page, "http://"), "/")
	awaitTop(t, "--run", address)
	for how, end := range map[string]func(sitting *os.File, p *os.Process) error{
		"q":       func(sitting *os.File, _ *os.Process) error { _, err := sitting.WriteString("q"); return err },
		"Ctrl-C":  func(sitting *os.File, _ *os.Process) error { _, err := sitting.WriteString("\x03"); return err },
		"SIGTERM": func(_ *os.File, p *os.Process) error { return p.Signal(syscall.SIGTERM) },
	} {
		t.Run(how, func(t *testing.T) {
			sitting, program := openTerminal(t)
			before := modes(t, program)
			cmd := exec.Command(gstorm, "top", "--run", address)
			cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=1")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill() }()
			screen := follow(sitting)
			screen.await(t, "the topology", "words  running", ">  w ")
			if modes(t, program) == before {
				t.Error("keys do not come as they are pressed")
			}
			if _, err := sitting.WriteString("j\r"); err != nil {
				t.Fatal(err)
			}
			screen.await(t, "the component", "count  bolt  1 task  of words")
			if _, err := sitting.WriteString("\x1b"); err != nil {
				t.Fatal(err)
			}
			screen.await(t, "the topology again", ">  count ")
			if err := end(sitting, cmd.Process); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ends with %v", err)
			}
			screen.await(t, "the screen of the shell", "\x1b[?25h\x1b[?1049l")
			if after := modes(t, program); after != before {
				t.Errorf("the terminal is left as %+v, and was %+v", after, before)
			}
		})
	}
}

// screen is what a terminal has got since it was looked at last.
type screen struct {
	mu  sync.Mutex
	got bytes.Buffer
}

func follow(sitting *os.File) *screen {
	s := &screen{}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := sitting.Read(buffer)
			s.mu.Lock()
			s.got.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// await waits until the terminal has got all of these, and forgets them.
func (s *screen) await(t *testing.T, what string, all ...string) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(2 * time.Minute); ; <-look.C {
		s.mu.Lock()
		text, missing := s.got.String(), false
		for _, one := range all {
			missing = missing || !strings.Contains(text, one)
		}
		if !missing {
			s.got.Reset()
		}
		s.mu.Unlock()
		if !missing {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%s does not come: %q", what, text)
		}
	}
}
