package goplugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/pluginrpc"
)

// link starts a program and makes the connection to it. host/child starts and watches the process, as it does for all
// languages; go-plugin has the handshake, the socket and the connection.
func link(_ context.Context, b *child.Birth) (child.Conn, error) {
	sockets, private, err := socketDir(b.Dir())
	if err != nil {
		return nil, err
	}
	p := &process{birth: b, private: private}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  pluginrpc.Handshake,
		Plugins:          plugin.PluginSet{pluginrpc.Name: &pluginrpc.Component{}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			p.env = cmd.Env
			return p, nil
		},
		SkipHostEnv:      true,
		StartTimeout:     time.Hour, // host/child ends the process in time
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: sockets},
		GRPCDialOptions:  pluginrpc.DialOptions(),
		Logger:           hclog.NewNullLogger(),
	})
	stream, cancel, err := dial(client)
	if err != nil {
		p.end()
		client.Kill()
		p.clean()
		return nil, p.explained(err)
	}
	return &conn{Stream: stream, cancel: cancel, client: client, process: p}, nil
}

// dial begins the conversation.
func dial(client *plugin.Client) (*pluginrpc.Stream, context.CancelFunc, error) {
	protocol, err := client.Client()
	if err != nil {
		return nil, nil, err
	}
	if err := protocol.Ping(); err != nil {
		return nil, nil, fmt.Errorf("its health check failed: %w", err)
	}
	raw, err := protocol.Dispense(pluginrpc.Name)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background()) // Close ends it
	stream, err := raw.(pluginrpc.Dialer).Dial(ctx)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return stream, cancel, nil
}

// longestDir is how long the path of a directory for sockets may be: a socket's own must stay below 104 bytes on some systems.
const longestDir = 50

// shortDir is where else they are made. Tests have their own.
var shortDir = "/tmp"

// socketDir is a directory for sockets: the conversation's, unless its path is too long. private is one that is this process's
// alone, to be removed with it; "": there is none.
func socketDir(dir string) (path, private string, err error) {
	if len(dir) <= longestDir {
		return dir, "", nil
	}
	private, err = os.MkdirTemp(shortDir, "gstorm-")
	if err != nil {
		return "", "", fmt.Errorf("make a directory for sockets: %w", err)
	}
	return private, private, nil
}

// conn is the connection of one task.
type conn struct {
	*pluginrpc.Stream
	cancel  context.CancelFunc
	client  *plugin.Client
	process *process
}

// Close implements child.Conn. The process has ended.
func (c *conn) Close() error {
	c.cancel()
	c.client.Kill()
	c.process.clean()
	return nil
}

// process is a child as go-plugin sees it. It implements runner.Runner.
type process struct {
	birth   *child.Birth
	env     []string
	private string // see socketDir
}

// Start implements runner.Runner.
func (p *process) Start(context.Context) error {
	env := map[string]string{}
	for _, entry := range p.env {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return p.birth.Start(env)
}

// Stdout implements runner.Runner: the line of go-plugin's handshake is all that it gets of what the process writes there.
func (p *process) Stdout() io.ReadCloser {
	return &handshakeLine{lines: bufio.NewReader(p.birth.Stdout()), print: p.birth.Print}
}

// Stderr implements runner.Runner: host/child reads it.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name implements runner.Runner.
func (p *process) Name() string { return p.birth.Command()[0] }

// ID implements runner.Runner.
func (p *process) ID() string { return strconv.Itoa(p.birth.PID()) }

// Diagnose implements runner.Runner: the report of the death says more.
func (p *process) Diagnose(context.Context) string { return "" }

// Wait implements runner.Runner.
func (p *process) Wait(context.Context) error {
	<-p.birth.Done()
	return nil
}

// Kill implements runner.Runner.
func (p *process) Kill(context.Context) error {
	p.end()
	return nil
}

// PluginToHost implements runner.Runner: both see the same files.
func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin implements runner.Runner.
func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

func (p *process) end() { p.birth.Kill("") } // link's error says why

// clean removes the directory for sockets if it is no other's.
func (p *process) clean() {
	if p.private != "" {
		_ = os.RemoveAll(p.private) // what can't be removed is left to whoever clears /tmp
	}
}

// explained says in gstorm's words what go-plugin's error means.
func (p *process) explained(err error) error {
	var death *child.Death
	switch text := err.Error(); {
	case errors.As(err, &death):
		return death
	case strings.Contains(text, "incompatible API version"):
		return errors.New("the program was built with a version of gstorm that this one can't speak with: build it anew")
	case strings.Contains(text, "Unrecognized remote plugin message"), strings.Contains(text, "exited before we could connect"):
		return errors.New("it has made no connection: its main has to call plugin.Main")
	default:
		return fmt.Errorf("connect to it: %w", err)
	}
}

// handshakePattern is how the line of go-plugin's handshake begins.
var handshakePattern = regexp.MustCompile(`^\d+\|\d+\|(unix|tcp)\|`)

// handshakeLine finds the line in what a process writes to stdout. Everything else there was printed by code that ran before
// the library could take stdout: it is shown, as prints are.
type handshakeLine struct {
	lines *bufio.Reader
	print func(line string)
	found bool
	rest  string
}

// Read implements io.Reader.
func (h *handshakeLine) Read(b []byte) (int, error) {
	for h.rest == "" {
		line, err := h.lines.ReadString('\n')
		switch {
		case line != "" && !h.found && handshakePattern.MatchString(line):
			h.found, h.rest = true, line
		case line != "":
			h.print(strings.TrimRight(line, "\r\n"))
		}
		if err != nil && h.rest == "" {
			return 0, io.EOF
		}
	}
	n := copy(b, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

// Close implements io.Closer: what belongs to the process ends with it.
func (h *handshakeLine) Close() error { return nil }
