package settings

import (
	"slices"
	"strings"
	"time"
)

// Kind is the form of a setting's value.
type Kind string

// The kinds.
const (
	Switch Kind = "true or false"
	Text   Kind = "a text"
	Number Kind = "a whole number"
	Amount Kind = "a number"
	Time   Kind = "a time such as 72h or 30m"
	List   Kind = "a list" // a flag is given again for each item; commas separate items too, everywhere
)

// Setting is one thing that can be said to an agent.
type Setting struct {
	Name    string // of the flag and the key
	Value   string // what help calls the value: ADDR
	Usage   string // for help, and for the sample
	Default string // as one would write it, or ""
	sample  string // what the sample has, as it is written there; "": the setting stands there as a comment
	example string // what the comment has, if there is no default
	at      func(*Settings) any
}

// Flag is how the setting is said on a command line, without its value.
func (s Setting) Flag() string { return "--" + s.Name }

// Variable is how the setting is said in the environment.
func (s Setting) Variable() string {
	return "GSTORM_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Kind is the form of its value.
func (s Setting) Kind() Kind {
	switch s.at(&Settings{}).(type) {
	case *bool:
		return Switch
	case *int:
		return Number
	case *float64:
		return Amount
	case *time.Duration:
		return Time
	case *[]string:
		return List
	}
	return Text
}

// The ports, where an address has none.
const (
	BindPort   = "7760" // where agents take requests
	gossipPort = "7761"
)

// config is the setting that no config file can hold.
const config = "config"

// Table is all settings, in the order in which people want to read of them.
func Table() []Setting { return slices.Clone(table) }

var table = []Setting{
	{Name: config, Value: "FILE", Usage: "read what flags and the environment do not say from `FILE`",
		at: func(s *Settings) any { return &s.Config }},
	{Name: "dev", Usage: "a cluster of this one agent, on this machine only, to try things out",
		at: func(s *Settings) any { return &s.Dev }},
	{Name: "data", Value: "DIR", sample: "/var/lib/gstorm", Usage: "keep in `DIR` what must not be lost: the agent's id, the cluster's log, topologies' files. Needed, but for --dev",
		at: func(s *Settings) any { return &s.Data }},

	{Name: "bind", Value: "ADDR", Default: "127.0.0.1:" + BindPort, sample: "10.0.0.1:" + BindPort,
		Usage: "take requests at `ADDR`: IP:PORT, IP, or :PORT for all addresses of the machine. On any but the loopback an agent needs certificates, a gossip key and tokens",
		at:    func(s *Settings) any { return &s.Bind }},
	{Name: "gossip", Value: "ADDR", example: "10.0.0.1:" + gossipPort, Usage: "gossip at `ADDR`, by TCP and UDP; if it is not said, at the IP of --bind and the port after its port",
		at: func(s *Settings) any { return &s.Gossip }},
	{Name: "advertise", Value: "ADDR", example: "192.0.2.1:" + BindPort, Usage: "others reach this agent's --bind at `ADDR`: HOST:PORT or HOST. Needed where that is all addresses of the machine",
		at: func(s *Settings) any { return &s.Advertise }},
	{Name: "advertise-gossip", Value: "ADDR", example: "192.0.2.1:" + gossipPort, Usage: "others reach this agent's --gossip at `ADDR`: IP:PORT or IP; if it is not said, at the IP of --advertise",
		at: func(s *Settings) any { return &s.AdvertiseGossip }},

	{Name: "join", Value: "ADDR", sample: "[10.0.0.1, 10.0.0.2, 10.0.0.3]", Usage: "find the cluster by an agent that gossips at `ADDR`: HOST:PORT or HOST. One that is there is enough; one's own does no harm",
		at: func(s *Settings) any { return &s.Join }},
	{Name: "bootstrap", Usage: "begin a new cluster, if the agent is in none yet. For one agent, at its first start",
		at: func(s *Settings) any { return &s.Bootstrap }},
	{Name: "expect", Value: "N", sample: "3", Usage: "begin a new cluster as soon as `N` agents that say the same are there, if they are in none yet",
		at: func(s *Settings) any { return &s.Expect }},
	{Name: "voters", Value: "N", Default: "3", Usage: "`N` agents hold the cluster's log, 3 or 5: the cluster goes on when 1 or 2 of them are lost",
		at: func(s *Settings) any { return &s.Voters }},

	{Name: "cluster", Value: "NAME", Default: defaultCluster, Usage: "the cluster's `NAME`: agents of others are not let in",
		at: func(s *Settings) any { return &s.Cluster }},
	{Name: "name", Value: "NAME", example: "node1", Usage: "this agent's `NAME` for people; if it is not said, the machine's",
		at: func(s *Settings) any { return &s.Name }},
	{Name: "slots", Value: "N", example: "4", Usage: "run `N` workers at most, 0: none. If it is not said, as many as there are processors, and 4 at least",
		at: func(s *Settings) any { return &s.Slots }},
	{Name: "cpu", Value: "PERCENT", example: "400", Usage: "tasks may ask for `PERCENT` of one core altogether, 400 are four cores; if it is not said, nobody counts",
		at: func(s *Settings) any { return &s.CPU }},
	{Name: "memory", Value: "MB", example: "8192", Usage: "tasks may ask for `MB` of memory altogether; if it is not said, nobody counts",
		at: func(s *Settings) any { return &s.Memory }},
	{Name: "tags", Value: "TAG", example: "[ssd, rack2]", Usage: "topologies can ask for agents with `TAG`",
		at: func(s *Settings) any { return &s.Tags }},

	{Name: "keep-logs", Value: "TIME", Default: "168h", Usage: "remove files of topologies' logs that were written last `TIME` ago; a week, if it is not said",
		at: func(s *Settings) any { return &s.KeepLogs }},
	{Name: "keep-logs-mb", Value: "MB", Default: "4096", Usage: "keep at most `MB` of topologies' logs: the oldest are removed first, but none that is being written",
		at: func(s *Settings) any { return &s.KeepLogsMB }},
	{Name: "reap", Value: "TIME", Default: "72h", Usage: "forget nodes that were not heard of for `TIME`; the same for all agents",
		at: func(s *Settings) any { return &s.Reap }},

	{Name: "ca", Value: "FILE", sample: "/etc/gstorm/ca.pem", Usage: "trust the certificates in `FILE`, those of the cluster's authority (gstorm tls ca) or of one's own",
		at: func(s *Settings) any { return &s.CA }},
	{Name: "cert", Value: "FILE", sample: "/etc/gstorm/cert.pem", Usage: "show the certificate in `FILE` (gstorm tls cert)",
		at: func(s *Settings) any { return &s.Cert }},
	{Name: "key", Value: "FILE", sample: "/etc/gstorm/key.pem", Usage: "the key of --cert is in `FILE`",
		at: func(s *Settings) any { return &s.Key }},
	{Name: "peer-name", Value: "NAME", example: "storm.example.com",
		Usage: "agents and workers are known by certificates for `NAME`, for certificates of one's own; if it is not said, agent.CLUSTER.gstorm, as those of gstorm tls",
		at:    func(s *Settings) any { return &s.PeerName }},
	{Name: "gossip-key", Value: "FILE", sample: "/etc/gstorm/gossip.key", Usage: "encrypt the gossip with the keys in `FILE` (gstorm keygen)",
		at: func(s *Settings) any { return &s.GossipKey }},
	{Name: "tokens", Value: "FILE", sample: "/etc/gstorm/tokens", Usage: "people and programs may do what the tokens in `FILE` say (gstorm token new)",
		at: func(s *Settings) any { return &s.Tokens }},
	{Name: "insecure", Usage: "run without certificates, gossip key or tokens where others can reach the agent: whoever can may run any program on all machines of the cluster",
		at: func(s *Settings) any { return &s.Insecure }},

	{Name: "ui", Default: "true", Usage: "show the cluster on a web page at --bind, and answer Storm's REST there, for whoever may read (false: neither)",
		at: func(s *Settings) any { return &s.UI }},
	{Name: "otlp", Value: "URL", example: "http://127.0.0.1:4318",
		Usage: "send topologies' traces to the OpenTelemetry collector at `URL`, when this agent leads; if it is not said, to where OTEL_EXPORTER_OTLP_ENDPOINT says. The same for all agents",
		at:    func(s *Settings) any { return &s.OTLP }},

	{Name: "log-level", Value: "LEVEL", Default: "info", Usage: "log lines of `LEVEL` and above: debug, info, warn, error",
		at: func(s *Settings) any { return &s.LogLevel }},
	{Name: "log-format", Value: "FORMAT", Default: "text", Usage: "log as `FORMAT`: text or json",
		at: func(s *Settings) any { return &s.LogFormat }},
}

// find is the setting of a name, or nil.
func find(name string) *Setting {
	if i := slices.IndexFunc(table, func(s Setting) bool { return s.Name == name }); i >= 0 {
		return &table[i]
	}
	return nil
}

// said is how messages name a setting: by its key, its flag and its variable.
func said(name string) string {
	s := find(name)
	return s.Name + " (" + s.Flag() + ", " + s.Variable() + ")"
}
