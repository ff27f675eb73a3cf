package agent

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/replacefile"
	"github.com/gstorm/gstorm/internal/traces"
)

// Options are what an Agent needs. Those up to Logger must be set.
type Options struct {
	Data    string       // a folder for all that it keeps; made if it is not there, and of one agent only
	Listen  net.Listener // for requests, and for the log; the Agent closes it
	Gossip  string       // the address to gossip at, HOST:PORT
	Cluster string       // the cluster's name
	Name    string       // of the node, for people
	Version string       // of gstorm
	Worker  []string     // the command of a worker process; the worker's folder is appended
	Logger  *slog.Logger

	Address         string   // how others reach Listen; "": its own address
	AdvertiseGossip string   // how others reach Gossip; "": its own address
	Join            []string // where others gossip
	// Bootstrap begins a new cluster, unless the data folder is of one already. Expect does so when so many agents are there that
	// expect as many.
	Bootstrap bool
	Expect    int
	Voters    int // how many agents keep the log: 1, 3 or 5; 0: 3

	Slots  int     // how many workers it takes
	CPU    float64 // in percent of one core, that workers may ask for; 0: not looked at
	Memory float64 // in MB, the same
	Tags   []string

	KeepLogs   time.Duration // since a file of a topology's log was written last; 0: for ever
	KeepLogsMB int           // of topologies' logs; 0: any number
	// Reap is for how long a node is remembered that is not heard of; 0: for ever.
	Reap time.Duration

	// Builtins are the components that workers have built in; nil: none.
	Builtins gstorm.Builtins
	// CheckWhere is what is wrong with an expression over tuples with some of these fields.
	CheckWhere func(where string, fields []gstorm.Fields) error

	// Traced gets each trace of a topology, by its name, some time after its end, in the agent that leads then; nil: nobody does.
	Traced func(topology string, t *traces.Trace)

	UI       bool // whether it shows the cluster on a web page, and answers Storm's REST
	Security Security
	// Credentials is what a worker has to know to have the same Security; it finds it in its Spec.
	Credentials json.RawMessage
}

// Security is who may do what. Its zero value lets everybody do everything, in the clear.
type Security struct {
	Keys [][]byte // of the gossip; none: it is not encrypted
	// Server and Client are how connections are encrypted; nil: they are not. Member reports whether the other side of one to
	// Server is an agent or a worker.
	Server, Client *tls.Config
	Member         func(tls.ConnectionState) bool
	// Authorize proves, in a request, that it is of a member. nil: nothing has to be proved.
	Authorize func(r *http.Request)
	// Check is why a request may not be made which needs a role (Read, Operate, Admin, or Internal: of members only); nil: it
	// may. The state is that of the connection, nil where it is not encrypted. nil: everything may be.
	Check func(r *http.Request, state *tls.ConnectionState, role string) error
	// Remind is called now and then, to say in the log what will soon be over; nil: nothing will.
	Remind func()
}

// The roles that requests need.
const (
	Read     = "read"
	Operate  = "operate"
	Admin    = "admin"
	Internal = "internal"
)

// Dial connects to another agent, or worker.
func (s *Security) Dial(ctx context.Context, address string) (net.Conn, error) {
	if s.Client == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	return (&tls.Dialer{Config: s.Client}).DialContext(ctx, "tcp", address)
}

// transport makes the connections for requests to other agents.
func (s *Security) transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil // agents are reached directly
	t.TLSClientConfig = s.Client
	return t
}

// MembersOnly is Server for listeners that only members may connect to.
func (s *Security) MembersOnly() *tls.Config {
	c := s.Server.Clone()
	verify := c.VerifyConnection
	c.VerifyConnection = func(state tls.ConnectionState) error {
		if verify != nil {
			if err := verify(state); err != nil {
				return err
			}
		}
		if !s.Member(state) {
			return errors.New("it is no member of the cluster")
		}
		return nil
	}
	return c
}

// NewClient is a client for agents at addresses.
func (s *Security) NewClient(addresses func() []string) *api.Client {
	return s.clientOf(&http.Client{Transport: s.transport()}, addresses)
}

func (s *Security) clientOf(h *http.Client, addresses func() []string) *api.Client {
	c := &api.Client{HTTP: h, Scheme: "http", Addresses: addresses, Authorize: s.Authorize}
	if s.Client != nil {
		c.Scheme = "https"
	}
	return c
}

// client is a client for agents at addresses.
func (a *Agent) client(addresses func() []string) *api.Client {
	return a.options.Security.clientOf(a.http, addresses)
}

// at is a client for one agent.
func (a *Agent) at(address string) *api.Client {
	return a.client(func() []string { return []string{address} })
}

// identity is the node's id, which is drawn when its data folder is made.
func identity(data string, draw func() string) (string, error) {
	path := filepath.Join(data, "node-id")
	text, err := os.ReadFile(path)
	if err == nil && len(text) > 0 {
		return string(text), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	id := draw()
	return id, replacefile.Write(path, []byte(id))
}
