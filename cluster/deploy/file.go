package deploy

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/identity"
	"github.com/gstorm/gstorm/cluster/settings"
)

// File is what a cluster.yaml says of a cluster, complete: what it does not say is filled in.
type File struct {
	Path     string
	Name     string // of the cluster
	Hosts    []*Host
	Voters   int
	Binaries map[string]string // files of gstorm by architecture, as Go calls those; "": for the others
	Security Security

	agent map[string][]string // settings of all agents as the file has them
}

// Security is what gstorm makes for a cluster.
type Security struct {
	Folder    string // where it is kept
	TLS       bool
	GossipKey bool
	Tokens    []TokenWish // without that of deploy itself; nil with NoTokens
	NoTokens  bool
}

// TokenWish is a token that there is to be.
type TokenWish struct {
	Name string
	Role identity.Role
}

// Host is a machine of the cluster.
type Host struct {
	Name    string `json:"name"`
	Address string `json:"address"` // by which the others reach it: a name or an IP address
	IP      string `json:"ip"`      // what Address is
	SSH     SSH    `json:"ssh"`
	Paths   Paths  `json:"paths"`
	Service string `json:"service"` // systemd, none, or auto: what there is
	RunAs   string `json:"run_as"`  // the user that the agent runs as; "": gstorm, or where nobody is root, who logs in

	agent map[string][]string // settings as the file has them
	at    gstorm.Position
}

// SSH is how a machine is reached; what is not said, ssh's own configuration says.
type SSH struct {
	Host     string `json:"host,omitempty"` // "": the address
	User     string `json:"user,omitempty"`
	Port     int    `json:"port,omitempty"`
	Identity string `json:"identity,omitempty"` // a file
	Config   string `json:"config,omitempty"`   // a file, instead of ~/.ssh/config
}

// Paths are where things lie on a machine.
type Paths struct {
	Binary string `json:"binary"` // a file
	Config string `json:"config"` // a folder
	Data   string `json:"data"`   // a folder
}

// The forms of Host.Service.
const (
	Auto    = "auto"
	Systemd = "systemd"
	None    = "none"
)

// DefaultUser is whom agents run as.
const DefaultUser = "gstorm"

var (
	hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9_:])?$`)
	nodeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`) // it names a folder, too
	userName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._@-]{0,100}$`)
	fullPath = regexp.MustCompile(`^(/[A-Za-z0-9._+@-]+)+$`)
)

// reader reads a file.
type reader struct {
	file    *File
	wrong   problems
	resolve func(host string) (string, error)
}

// Read reads the text of a cluster.yaml; path is its own. Resolve is the IP address of a host's name. Without hosts there
// need to be none, as for manifests. The error is a gstorm.Problems with all that is wrong.
func Read(path string, text []byte, resolve func(host string) (string, error), needHosts bool) (*File, error) {
	r := reader{file: &File{Path: path}, resolve: resolve}
	root, wrong := parse(path, text)
	r.wrong = wrong
	if wrong == nil {
		r.root(root, needHosts)
	}
	if r.wrong == nil {
		r.check()
	}
	if r.wrong != nil {
		return nil, gstorm.Problems(r.wrong)
	}
	return r.file, nil
}

func (r *reader) root(root *value, needHosts bool) {
	f, here := r.file, gstorm.Position{File: r.file.Path}
	keys := root.keys(&r.wrong, "the file", "name", "hosts", "ssh", "paths", "service", "run-as", "voters", "binary", "agent", "security")
	f.Name = keys["name"].string(&r.wrong, "name", identity.DefaultCluster)
	if err := identity.CheckCluster(f.Name); err != nil {
		r.wrong.addf(keys["name"].at, "name: %v", err)
	}
	f.Voters = keys["voters"].number(&r.wrong, "voters", 3, 5, 3)
	if f.Voters == 4 {
		r.wrong.addf(keys["voters"].at, "voters is 4: 3 or 5 are expected, since of an even number no more may be lost than of one less")
	}
	r.binaries(keys["binary"])
	r.security(keys["security"])
	all := Host{
		SSH: r.ssh(keys["ssh"], SSH{}, "ssh", false), Service: r.service(keys["service"], Auto), RunAs: r.runAs(keys["run-as"], ""),
		Paths: r.paths(keys["paths"], Paths{Binary: "/usr/local/bin/gstorm", Config: "/etc/gstorm", Data: "/var/lib/gstorm"}),
		agent: r.agent(keys["agent"], nil, "agent"),
	}
	f.agent = all.agent
	hosts := keys["hosts"]
	switch {
	case hosts == nil && needHosts:
		r.wrong.addf(here, "hosts is missing: a list of the machines' addresses")
	case hosts != nil && (hosts.scalar || hosts.entries != nil):
		r.wrong.addf(hosts.at, "hosts is %s: a list is expected, as in hosts: [10.0.0.1, 10.0.0.2, 10.0.0.3]", hosts.kind())
	case hosts != nil && len(hosts.items) == 0 && needHosts:
		r.wrong.addf(hosts.at, "hosts is empty: a list of the machines' addresses is expected")
	case hosts != nil:
		for i := range hosts.items {
			f.Hosts = append(f.Hosts, r.host(&hosts.items[i], all))
		}
	}
}

func (r *reader) host(v *value, all Host) *Host {
	h := all
	h.at = v.at
	if v.scalar {
		h.Address = v.string(&r.wrong, "the host", "")
		h.Name = h.Address
	} else {
		keys := v.keys(&r.wrong, "the host", "address", "name", "ssh", "paths", "service", "run-as", "tags", "slots", "agent")
		if h.Address = keys["address"].string(&r.wrong, "address", ""); keys["address"] == nil {
			r.wrong.addf(v.at, "the host has no address: say by which the others reach it")
		}
		h.Name = keys["name"].string(&r.wrong, "name", h.Address)
		h.SSH = r.ssh(keys["ssh"], all.SSH, "ssh", true)
		h.Paths = r.paths(keys["paths"], all.Paths)
		h.Service = r.service(keys["service"], all.Service)
		h.RunAs = r.runAs(keys["run-as"], all.RunAs)
		h.agent = r.agent(keys["agent"], all.agent, "agent")
		h.agent = r.also(h.agent, "tags", keys["tags"])
		h.agent = r.also(h.agent, "slots", keys["slots"])
	}
	h.Name = strings.ReplaceAll(h.Name, ":", "-") // an IPv6 address
	if h.Address == "" {
		return &h
	}
	if !hostName.MatchString(h.Address) {
		r.wrong.addf(h.at, "the address %q is neither the name of a host nor an IP address; a port for ssh is said by ssh: {port: N}", h.Address)
		return &h
	}
	if !nodeName.MatchString(h.Name) {
		r.wrong.addf(h.at, "the name %q has to be of letters, digits and . _ -, 100 at most, and begin with a letter or digit", h.Name)
	}
	h.IP = h.Address
	if net.ParseIP(h.Address) == nil {
		ip, err := r.resolve(h.Address)
		if err != nil {
			r.wrong.addf(h.at, "no IP address is known for %s (%v): say address: IP, and ssh: {host: %[1]s} if that is what ssh knows it by", h.Address, err)
		}
		h.IP = ip
	}
	return &h
}

func (r *reader) ssh(v *value, all SSH, what string, one bool) SSH {
	known := []string{"user", "port", "identity", "config"}
	if one {
		known = append(known, "host")
	}
	keys := v.keys(&r.wrong, what, known...)
	s := all
	if s.User = keys["user"].string(&r.wrong, "user", all.User); keys["user"] != nil && !userName.MatchString(s.User) {
		r.wrong.addf(keys["user"].at, "user is %q, which can't be the name of a user", s.User)
	}
	if s.Host = keys["host"].string(&r.wrong, "host", ""); keys["host"] != nil && !hostName.MatchString(s.Host) {
		r.wrong.addf(keys["host"].at, "host is %q, which can't be the name of a host", s.Host)
	}
	s.Port = keys["port"].number(&r.wrong, "port", 1, 65535, all.Port)
	s.Identity = r.beside(keys["identity"].string(&r.wrong, "identity", ""), all.Identity)
	s.Config = r.beside(keys["config"].string(&r.wrong, "config", ""), all.Config)
	return s
}

// beside is the path of a file that the cluster.yaml names: relative ones begin in its folder.
func (r *reader) beside(path, otherwise string) string {
	if path == "" {
		return otherwise
	}
	if filepath.IsAbs(path) || strings.HasPrefix(path, "~") {
		return path
	}
	return filepath.Join(filepath.Dir(r.file.Path), path)
}

// shared are folders that are not gstorm's alone.
var shared = []string{"/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/local", "/var", "/var/lib", "/var/tmp"}

func (r *reader) paths(v *value, all Paths) Paths {
	keys := v.keys(&r.wrong, "paths", "binary", "config", "data")
	path := func(key, otherwise string) string {
		p := keys[key].string(&r.wrong, key, otherwise)
		switch {
		case keys[key] == nil:
		case !fullPath.MatchString(p) || filepath.Clean(p) != p:
			r.wrong.addf(keys[key].at, "%s is %q: a full path is expected, of letters, digits and . _ + @ -", key, p)
		case slices.Contains(shared, p):
			r.wrong.addf(keys[key].at, "%s is %s, which is not gstorm's alone: name something in it", key, p)
		}
		return p
	}
	p := Paths{Binary: path("binary", all.Binary), Config: path("config", all.Config), Data: path("data", all.Data)}
	if p.Config == p.Data || p.Binary == p.Data || p.Binary == p.Config {
		r.wrong.addf(v.at, "binary, config and data need paths of their own")
	}
	return p
}

func (r *reader) service(v *value, otherwise string) string {
	s := v.string(&r.wrong, "service", otherwise)
	if !slices.Contains([]string{Auto, Systemd, None}, s) {
		r.wrong.addf(v.at, "service is %q: one of auto, systemd, none is expected", s)
	}
	return s
}

func (r *reader) runAs(v *value, otherwise string) string {
	s := v.string(&r.wrong, "run-as", otherwise)
	if v != nil && !userName.MatchString(s) {
		r.wrong.addf(v.at, "run-as is %q, which can't be the name of a user", s)
	}
	return s
}

func (r *reader) binaries(v *value) {
	if v != nil && v.scalar {
		r.file.Binaries = map[string]string{"": r.beside(v.string(&r.wrong, "binary", ""), "")}
		return
	}
	known := slices.Sorted(architectures())
	r.file.Binaries = map[string]string{}
	for arch, path := range v.keys(&r.wrong, "binary", known...) {
		r.file.Binaries[arch] = r.beside(path.string(&r.wrong, arch, ""), "")
	}
}

func (r *reader) security(v *value) {
	keys := v.keys(&r.wrong, "security", "folder", "tls", "gossip-key", "tokens")
	base := strings.TrimSuffix(filepath.Base(r.file.Path), filepath.Ext(r.file.Path))
	s := &r.file.Security
	s.Folder = r.beside(keys["folder"].string(&r.wrong, "folder", ""), filepath.Join(filepath.Dir(r.file.Path), base+".deploy"))
	s.TLS = keys["tls"].truth(&r.wrong, "tls", true)
	s.GossipKey = keys["gossip-key"].truth(&r.wrong, "gossip-key", true)
	tokens := keys["tokens"]
	switch {
	case tokens == nil:
	case tokens.scalar:
		s.NoTokens = !tokens.truth(&r.wrong, "tokens", true)
	case tokens.entries != nil:
		r.wrong.addf(tokens.at, "tokens is a mapping: a list is expected, as in tokens: [{name: alice, role: operate}]")
	default:
		for i := range tokens.items {
			s.Tokens = append(s.Tokens, r.token(&tokens.items[i]))
		}
	}
}

func (r *reader) token(v *value) TokenWish {
	keys := v.keys(&r.wrong, "the token", "name", "role")
	t := TokenWish{Name: keys["name"].string(&r.wrong, "name", "")}
	role, err := identity.ParseRole(keys["role"].string(&r.wrong, "role", ""))
	t.Role = role
	if err == nil {
		_, _, err = identity.NewToken(t.Name, role, never)
	}
	if err == nil && (t.Name == ownToken || slices.ContainsFunc(r.file.Security.Tokens, func(other TokenWish) bool { return other.Name == t.Name })) {
		err = fmt.Errorf("there is a token %s already", t.Name)
	}
	if err != nil {
		r.wrong.addf(v.at, "the token: %v", err)
	}
	return t
}

// elsewhere are settings that other keys of the file say.
var elsewhere = map[string]string{
	"data": "paths: {data: DIR}", "voters": "voters", "cluster": "name", "name": "the host's name",
	"join": "hosts", "bootstrap": "hosts", "expect": "hosts",
}

// agent reads settings, and adds to those of all hosts.
func (r *reader) agent(v *value, all map[string][]string, what string) map[string][]string {
	var known []string
	for _, s := range settings.Table() {
		if s.Name != "config" && s.Name != "dev" && elsewhere[s.Name] == "" {
			known = append(known, s.Name)
		}
	}
	if v != nil && v.entries != nil {
		v.entries = slices.DeleteFunc(v.entries, func(e entry) bool {
			if elsewhere[e.key] != "" {
				r.wrong.addf(e.at, "%s can't say %s: that is said by %s", what, e.key, elsewhere[e.key])
			}
			return elsewhere[e.key] != ""
		})
	}
	merged := map[string][]string{}
	for name, values := range all {
		merged[name] = values
	}
	for name, v := range v.keys(&r.wrong, what, known...) {
		merged = r.also(merged, name, v)
	}
	return merged
}

// also adds a setting to others.
func (r *reader) also(agent map[string][]string, name string, v *value) map[string][]string {
	if v != nil {
		agent[name] = v.list(&r.wrong, name)
	}
	return agent
}

// check finds what is wrong with the hosts together, and with their settings.
func (r *reader) check() {
	f := r.file
	names, places := map[string]*Host{}, map[string]*Host{}
	for _, h := range f.Hosts {
		if other := names[h.Name]; other != nil {
			r.wrong.addf(h.at, "the host %s stands in line %d already", h.Name, other.at.Line)
		}
		names[h.Name] = h
		place := h.SSH.destination(h) + " " + h.Paths.Data
		if other := places[place]; other != nil && names[h.Name] == h {
			r.wrong.addf(h.at, "the hosts %s and %s are the same machine and have the same paths", other.Name, h.Name)
		}
		places[place] = h
	}
	if r.wrong != nil {
		return
	}
	for _, h := range f.Hosts {
		if _, err := f.settings(h); err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				r.wrong.addf(h.at, "the agent of %s: %s", h.Name, line)
			}
		}
	}
	if f.Security.TLS {
		for _, h := range f.Hosts {
			if h.agent["ca"] != nil || h.agent["cert"] != nil || h.agent["key"] != nil {
				r.wrong.addf(h.at, "the agent of %s has certificates of its own, and gstorm makes some: say security: {tls: false} too", h.Name)
			}
		}
	}
}
