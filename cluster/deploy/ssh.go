package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// SSHShell is a Shell by the ssh command, which knows what its user has set up: ~/.ssh/config with jump hosts and aliases,
// agents, keys on devices, known_hosts. One connection to each host serves all commands.
type SSHShell struct {
	folder string // of the connections' sockets

	mu   sync.Mutex
	used map[string][]string // the arguments of hosts that were connected to, by name
}

// connectTimeout is how long a host may take to answer.
const connectTimeout = 10 * time.Second

// OpenSSH makes an SSHShell. Close ends its connections.
func OpenSSH() (*SSHShell, error) {
	if _, err := exec.LookPath("ssh"); err != nil {
		return nil, errors.New("the command ssh is missing here: install OpenSSH's client (openssh-client, openssh-clients)")
	}
	folder, err := os.MkdirTemp("/tmp", "gstorm-ssh-") // with the mode 0700; the path of a socket must be short
	if err != nil {
		return nil, err
	}
	return &SSHShell{folder: folder, used: map[string][]string{}}, nil
}

// Close ends the connections.
func (s *SSHShell) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ending sync.WaitGroup
	for _, arguments := range s.used {
		end := exec.Command("ssh", append([]string{"-O", "exit"}, arguments...)...)
		ending.Go(func() { _ = end.Run() }) // it may be that there is none
	}
	ending.Wait()
	return os.RemoveAll(s.folder)
}

// destination is what ssh calls the host.
func (s SSH) destination(h *Host) string {
	name := s.Host
	if name == "" {
		name = h.Address
	}
	if s.User != "" {
		name = s.User + "@" + name
	}
	if s.Port != 0 {
		name += ":" + strconv.Itoa(s.Port)
	}
	return name
}

// arguments are those by which ssh finds the host; a command line may follow.
func (s *SSHShell) arguments(h *Host) []string {
	all := []string{
		"-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=" + strconv.Itoa(int(connectTimeout.Seconds())),
		"-o", "StrictHostKeyChecking=yes", // whatever the configuration says: the keys of the cluster go there
		"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
		"-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-o", "ControlPath=" + filepath.Join(s.folder, "%C"),
	}
	if h.SSH.Config != "" {
		all = append(all, "-F", h.SSH.Config)
	}
	if h.SSH.User != "" {
		all = append(all, "-l", h.SSH.User)
	}
	if h.SSH.Port != 0 {
		all = append(all, "-p", strconv.Itoa(h.SSH.Port))
	}
	if h.SSH.Identity != "" {
		all = append(all, "-i", h.SSH.Identity)
	}
	name := h.SSH.Host
	if name == "" {
		name = h.Address
	}
	return append(all, "--", name)
}

// Run implements Shell.
func (s *SSHShell) Run(ctx context.Context, on *Host, c Command) (string, error) {
	arguments := s.arguments(on)
	s.mu.Lock()
	s.used[on.Name] = arguments
	s.mu.Unlock()
	// A file, not a pipe: the process that keeps the connection for the next command has it open for as long.
	said, err := os.CreateTemp(s.folder, "said-")
	if err != nil {
		return "", err
	}
	defer func() { _, _ = said.Close(), os.Remove(said.Name()) }()
	line, input := c.Line()
	var printed bytes.Buffer
	cmd := exec.CommandContext(ctx, "ssh", append(arguments, line)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &printed, said
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, io.ErrClosedPipe) {
		return "", err
	}
	if exit == nil {
		return printed.String(), nil
	}
	if _, err := said.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(said, 16<<10))
	if err != nil {
		return "", err
	}
	if exit.ExitCode() == 255 {
		return "", unreachable(on, string(text))
	}
	return "", &FailedError{Status: exit.Error(), Said: string(text)}
}

// unreachable makes an error of what ssh says.
func unreachable(h *Host, said string) error {
	e := &UnreachableError{Cause: "ssh failed"}
	for line := range strings.Lines(said) { // the last line that says something is the reason
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "@") {
			e.Cause = line
		}
	}
	destination := h.SSH.destination(h)
	switch {
	case strings.Contains(said, "REMOTE HOST IDENTIFICATION HAS CHANGED"):
		e.Cause = "its host key is not the one that is known"
		e.Hint = "if the machine was set up anew, remove the old key (ssh-keygen -R) and look at the new one; if not, somebody may be in between"
	case strings.Contains(said, "Host key verification failed"):
		e.Cause = "its host key is not known"
		e.Hint = fmt.Sprintf("connect once by hand and compare the key with the machine's: ssh %s", byHand(h))
	case strings.Contains(said, "Permission denied"):
		e.Hint = fmt.Sprintf("%s has to let you in without a password: by a key that ssh-agent has, or that ssh: {identity: FILE} names", destination)
	case strings.Contains(said, "Could not resolve hostname"):
		e.Hint = "ssh: {host: NAME} says what ssh knows it by"
	}
	return e
}

// byHand is how one connects to the host by hand.
func byHand(h *Host) string {
	name := h.SSH.Host
	if name == "" {
		name = h.Address
	}
	if h.SSH.User != "" {
		name = h.SSH.User + "@" + name
	}
	if h.SSH.Port != 0 {
		name = fmt.Sprintf("-p %d %s", h.SSH.Port, name)
	}
	return name
}
