package settings

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/identity"
)

// nodeName is what an agent can be called: short, since it travels with the gossip.
var nodeName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// told is how messages name a setting with the place where it was said.
func (s *Settings) told(name string) string {
	if at := s.from[name]; at != "" {
		return strings.TrimSuffix(said(name), ")") + "; from " + at + ")"
	}
	return said(name)
}

// check finds all that is wrong with settings that are complete.
func (s *Settings) check(wrong *problems) {
	s.checkAddresses(wrong)
	s.checkCluster(wrong)
	s.checkNode(wrong)
	s.checkSecurity(wrong)
}

func (s *Settings) checkAddresses(wrong *problems) {
	for _, name := range []string{"bind", "gossip"} {
		address := *find(name).at(s).(*string)
		if host, _, _ := net.SplitHostPort(address); host != "" && net.ParseIP(host) == nil {
			wrong.addf("%s is %s: an IP address of this machine is expected, or :PORT for all that it has", s.told(name), address)
		}
	}
	if s.Bind == s.Gossip && !strings.HasSuffix(s.Bind, ":0") {
		wrong.addf("%s and %s are both %s: they need ports of their own", s.told("bind"), s.told("gossip"), s.Bind)
	}
	if anywhere(s.Advertise) {
		wrong.addf("%s is %s, all addresses of the machine: say by %s at which others reach it", s.told("bind"), s.Bind, said("advertise"))
	}
	if host, _, _ := net.SplitHostPort(s.AdvertiseGossip); s.AdvertiseGossip != "" && (net.ParseIP(host) == nil || anywhere(s.AdvertiseGossip)) {
		wrong.addf("%s is %s: one IP address is expected", s.told("advertise-gossip"), s.AdvertiseGossip)
	}
	if anywhere(s.Gossip) && s.AdvertiseGossip == "" && !anywhere(s.Advertise) {
		wrong.addf("%s is %s, all addresses of the machine: say by %s at which IP others reach it", s.told("gossip"), s.Gossip, said("advertise-gossip"))
	}
	for _, other := range s.Join {
		if strings.HasPrefix(other, ":") {
			wrong.addf("%s has %s, which names no host", s.told("join"), other)
		}
	}
}

// anywhere reports whether an address is that of all that a machine has.
func anywhere(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	return address != "" && (host == "" || net.ParseIP(host).IsUnspecified())
}

func (s *Settings) checkCluster(wrong *problems) {
	if s.Dev {
		alone := func(said bool, name string) {
			if said {
				wrong.addf("%s excludes %s: it is a cluster of one agent. Leave out one of them", s.told("dev"), s.told(name))
			}
		}
		alone(s.Join != nil, "join")
		alone(s.Bootstrap, "bootstrap")
		alone(s.Expect != 0, "expect")
		if s.Open() {
			wrong.addf("%s is for the loopback, and %s is %s, %s is %s: leave out %s, or those", s.told("dev"), said("bind"), s.Bind, said("gossip"), s.Gossip, find("dev").Flag())
		}
	} else if s.Data == "" {
		wrong.addf("%s is missing: say where the agent keeps what must not be lost, or %s to try things out", said("data"), said("dev"))
	}
	if s.Bootstrap && s.Expect != 0 {
		wrong.addf("%s and %s exclude each other: the first begins a cluster alone, the second with others. Leave out one of them", s.told("bootstrap"), s.told("expect"))
	}
	if s.Voters != 3 && s.Voters != 5 {
		wrong.addf("%s is %d: 3 or 5 are expected", s.told("voters"), s.Voters)
	}
	switch {
	case s.Expect == 0:
	case s.Expect < 0 || s.Expect%2 == 0:
		wrong.addf("%s is %d: an odd number is expected, since of an even number no more may be lost than of one less", s.told("expect"), s.Expect)
	case s.Expect < s.Voters:
		wrong.addf("%s is %d, less than %s, %d: expect as many agents as vote, or begin with one by %s", s.told("expect"), s.Expect, said("voters"), s.Voters, said("bootstrap"))
	}
	if err := identity.CheckCluster(s.Cluster); err != nil {
		wrong.addf("%s: %v", s.told("cluster"), err)
	}
}

func (s *Settings) checkNode(wrong *problems) {
	if !nodeName.MatchString(s.Name) {
		wrong.addf("%s is %q: letters, digits and . _ - are expected, 100 at most", s.told("name"), s.Name)
	}
	if s.Slots < 0 || s.Slots > 10_000 {
		wrong.addf("%s is %d: a number from 0 to 10000 is expected", s.told("slots"), s.Slots)
	}
	for _, name := range []string{"cpu", "memory"} {
		if amount := *find(name).at(s).(*float64); amount < 0 {
			wrong.addf("%s is %g: a number that is not less than 0 is expected", s.told(name), amount)
		}
	}
	for _, name := range []string{"keep-logs", "reap"} {
		if d := *find(name).at(s).(*time.Duration); d < time.Minute {
			wrong.addf("%s is %v: a minute at least is expected", s.told(name), d)
		}
	}
	if u, err := url.Parse(s.OTLP); s.OTLP != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		wrong.addf("%s is %q: the URL of a collector is expected, such as http://127.0.0.1:4318", s.told("otlp"), s.OTLP)
	}
	if s.KeepLogsMB < 1 {
		wrong.addf("%s is %d: a number above 0 is expected", s.told("keep-logs-mb"), s.KeepLogsMB)
	}
	choose := func(name, value string, of ...string) {
		if !slices.Contains(of, value) {
			wrong.addf("%s is %q: one of %s is expected", s.told(name), value, strings.Join(of, ", "))
		}
	}
	choose("log-level", s.LogLevel, "debug", "info", "warn", "error")
	choose("log-format", s.LogFormat, "text", "json")
}

// checkSecurity refuses what is open without having been told to be.
func (s *Settings) checkSecurity(wrong *problems) {
	some := s.CA + s.Cert + s.Key
	for _, name := range []string{"ca", "cert", "key"} {
		if file := *find(name).at(s).(*string); some != "" && file == "" {
			wrong.addf("%s is missing: ca, cert and key go together (gstorm tls makes them)", said(name))
		}
	}
	if !s.Open() || s.Insecure {
		return
	}
	name, address := "bind", s.Bind
	if loopback(address) {
		name, address = "gossip", s.Gossip
	}
	need := func(there, what, names, maker string) {
		if there == "" {
			wrong.addf("%s is %s, which others can reach, so the agent needs %s: say %s (%s), or run it open to all of them by %s",
				s.told(name), address, what, names, maker, said("insecure"))
		}
	}
	need(some, "certificates", said("ca")+", "+said("cert")+" and "+said("key"), "made by gstorm tls")
	need(s.GossipKey, "a key for the gossip", said("gossip-key"), "made by gstorm keygen")
	need(s.Tokens, "tokens for people", said("tokens"), "made by gstorm token new")
}
