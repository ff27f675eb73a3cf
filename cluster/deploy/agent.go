package deploy

import (
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/gstorm/gstorm/cluster/settings"
)

// The files in a host's Paths.Config.
const (
	agentFile  = "agent.yaml"
	caFile     = "ca.pem"
	certFile   = "cert.pem"
	keyFile    = "key.pem"
	gossipFile = "gossip.key"
	tokensFile = "tokens"
)

// settings are those of a host's agent, checked as the agent will check them.
func (f *File) settings(h *Host) (*settings.Settings, error) {
	return load(f.values(h))
}

// load checks values as an agent that finds them in its file.
func load(values map[string][]string) (*settings.Settings, error) {
	return settings.Load(settings.Sources{
		Flags: map[string][]string{"config": {agentFile}}, Read: func(string) ([]byte, error) { return []byte(settings.Write(values)), nil },
		Getenv: func(string) string { return "" }, Hostname: "host", Processors: 1,
	})
}

// agentYAML is the config file of a host's agent.
func (f *File) agentYAML(h *Host) string {
	return "# Written by gstorm deploy, which writes it anew.\n" + settings.Write(f.values(h))
}

// beginning are the settings that mean something to an agent which is in no cluster yet, and nothing to one that runs: when
// they change nothing has to be started again.
var beginning = []string{"join", "bootstrap", "expect"}

// values are the settings of a host's agent by name.
func (f *File) values(h *Host) map[string][]string {
	values := f.own(h)
	first := slices.Index(f.Hosts, h)
	switch {
	case len(f.Hosts) >= f.Voters && first < f.Voters:
		values["expect"] = []string{strconv.Itoa(f.Voters)}
	case len(f.Hosts) < f.Voters && first == 0:
		values["bootstrap"] = []string{"true"}
	}
	if len(f.Hosts) > 1 {
		for _, other := range f.Hosts {
			if s, err := load(f.own(other)); err == nil { // else the error is the other's
				address := s.Gossip
				if s.AdvertiseGossip != "" {
					address = s.AdvertiseGossip
				}
				values["join"] = append(values["join"], address)
			}
		}
	}
	return values
}

// own are those that have nothing to do with other hosts.
func (f *File) own(h *Host) map[string][]string {
	values := maps.Clone(h.agent)
	values["data"] = []string{h.Paths.Data}
	values["cluster"] = []string{f.Name}
	values["name"] = []string{h.Name}
	values["voters"] = []string{strconv.Itoa(f.Voters)}
	if values["bind"] == nil {
		values["bind"] = []string{net.JoinHostPort(h.IP, settings.BindPort)}
	}
	if host, _, err := net.SplitHostPort(values["bind"][0]); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		if values["advertise"] == nil {
			values["advertise"] = []string{h.IP}
		}
	}
	for name, file := range f.Security.files() {
		values[name] = []string{h.Paths.Config + "/" + file}
	}
	return values
}

// files are the settings that name what gstorm makes, with the files' names.
func (s *Security) files() map[string]string {
	files := map[string]string{}
	if s.TLS {
		files["ca"], files["cert"], files["key"] = caFile, certFile, keyFile
	}
	if s.GossipKey {
		files["gossip-key"] = gossipFile
	}
	if !s.NoTokens {
		files["tokens"] = tokensFile
	}
	return files
}

// Addresses are where people and programs reach the agents, HOST:PORT.
func (f *File) Addresses() (list []string) {
	for _, h := range f.Hosts {
		if s, err := f.settings(h); err == nil { // it was checked
			list = append(list, s.Advertise)
		}
	}
	return list
}
