package chaos

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// machine is a host that an agent runs on.
type machine struct {
	*host
	name   string
	data   string
	args   []string // of its agent
	gstorm string

	agent *exec.Cmd // nil: none runs
	log   safeBuffer
}

// start starts the machine's agent.
func (m *machine) start(t *testing.T) {
	t.Helper()
	m.agent = exec.Command("ip", append([]string{"netns", "exec", m.namespace, m.gstorm, "agent", "--data", m.data, "--name", m.name}, m.args...)...)
	m.agent.Stderr = &m.log
	if err := m.agent.Start(); err != nil {
		t.Fatal(err)
	}
}

// processes are all that run on the machine: the agent, its workers and what these have started.
func (m *machine) processes() (pids []int) {
	text, err := output("ip", "netns", "pids", m.namespace)
	if err != nil {
		return nil
	}
	for _, field := range strings.Fields(text) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// memory is what the agent has of it, as the kernel says.
func (m *machine) memory(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.agent.Process.Pid)) // ip has become the agent
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "VmRSS:") {
			return strings.TrimSpace(line)
		}
	}
	return "no VmRSS"
}

// workers are the machine's worker processes.
func (m *machine) workers() (pids []int) {
	for _, pid := range m.processes() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if bytes.Contains(text, []byte("\x00__worker\x00")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// signal has all processes of the machine get a signal.
func (m *machine) signal(s syscall.Signal) {
	for _, pid := range m.processes() {
		_ = syscall.Kill(pid, s)
	}
}

// powerOff ends all that runs on the machine, at once and without a word.
func (m *machine) powerOff() {
	for len(m.processes()) > 0 {
		m.signal(syscall.SIGKILL)
		if m.agent != nil {
			_ = m.agent.Wait()
			m.agent = nil
		}
	}
}

// freeze stops all that runs on the machine, as a machine of which its host takes a snapshot; thaw goes on.
func (m *machine) freeze() { m.signal(syscall.SIGSTOP) }
func (m *machine) thaw()   { m.signal(syscall.SIGCONT) }

// crashAgent kills the agent alone.
func (m *machine) crashAgent() {
	_ = m.agent.Process.Kill()
	_ = m.agent.Wait()
	m.agent = nil
}

// stopAgent tells the agent to end, as an upgrade of the machine's gstorm does.
func (m *machine) stopAgent() {
	_ = m.agent.Process.Signal(syscall.SIGTERM)
	_ = m.agent.Wait()
	m.agent = nil
}

// loseDisk removes all that the machine has kept.
func (m *machine) loseDisk(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(m.data); err != nil {
		t.Fatal(err)
	}
}

// safeBuffer is a buffer that can be read while it is written.
type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// build builds gstorm, once for all tests.
var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "gstorm-chaos-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "gstorm")
	if text, err := output("go", "build", "-pgo", "off", "-o", path, "github.com/gstorm/gstorm/cmd/gstorm"); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	return path, nil
})

// TestMain removes what was built.
func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func output(args ...string) (string, error) {
	text, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	return string(text), err
}

func command(t *testing.T, args ...string) {
	t.Helper()
	if text, err := output(args...); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, text)
	}
}
