package settings

import (
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"
)

// Settings are those of one agent, complete: what can be known is filled in.
type Settings struct {
	Config string // the config file that was read, or ""

	Dev  bool
	Data string // the folder of what must not be lost; "" with Dev: one that does not last

	Bind            string // IP:PORT or :PORT, of the API and of what agents have to tell each other
	Gossip          string // the same of the gossip, by TCP and UDP
	Advertise       string // HOST:PORT by which others reach Bind
	AdvertiseGossip string // IP:PORT by which others reach Gossip; "": Gossip

	Join      []string // HOST:PORT of the gossip of others
	Bootstrap bool
	Expect    int // 0: not said
	Voters    int

	Cluster string
	Name    string
	Slots   int
	CPU     float64 // in percent of one core; 0: not said
	Memory  float64 // in MB; 0: not said
	Tags    []string

	KeepLogs   time.Duration // since a log's file was written last
	KeepLogsMB int
	Reap       time.Duration // since a node was heard of last

	CA, Cert, Key string // files, all of them or none
	PeerName      string // what all members' certificates are for
	GossipKey     string // a file
	Tokens        string // a file
	Insecure      bool

	UI bool // whether there is a web page

	OTLP string // where traces go to; "": as OpenTelemetry's environment variables say

	LogLevel  string // debug, info, warn or error
	LogFormat string // text or json

	from map[string]string // where each came from that was said: a flag, a variable, or the file and the line
}

// TLS reports whether the agent has certificates.
func (s *Settings) TLS() bool { return s.Cert != "" }

// Level is the log level as slog has it.
func (s *Settings) Level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // it was checked
	return level
}

// Open reports whether others than programs of this machine can reach the agent.
func (s *Settings) Open() bool { return !loopback(s.Bind) || !loopback(s.Gossip) }

func loopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	return net.ParseIP(host).IsLoopback()
}

// InvalidError is all that is wrong with an agent's settings.
type InvalidError struct{ Problems []string }

// Error has a line for each problem.
func (e *InvalidError) Error() string { return strings.Join(e.Problems, "\n") }

// problems gathers them.
type problems []string

func (p *problems) addf(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &InvalidError{p}
}
