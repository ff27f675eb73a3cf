package settings

import (
	"cmp"
	"errors"
	"net"
	"strconv"

	"github.com/gstorm/gstorm/cluster/identity"
)

// defaultCluster is the name of a cluster that nobody has named.
const defaultCluster = identity.DefaultCluster

// complete fills in what was not said, and brings addresses into one form.
func (s *Settings) complete(from Sources, wrong *problems) {
	address := func(name, port string) {
		at := find(name).at(s).(*string)
		if *at == "" {
			return
		}
		full, err := withPort(*at, port)
		if err != nil {
			wrong.addf("%s is %s, %v", s.told(name), *at, err)
		}
		*at = full
	}
	address("bind", BindPort)
	address("gossip", gossipPort)
	if *wrong != nil {
		return // what follows would be made of it
	}
	host, port, _ := net.SplitHostPort(s.Bind)
	s.Gossip = cmp.Or(s.Gossip, net.JoinHostPort(host, next(port)))
	address("advertise", port)
	s.Advertise = cmp.Or(s.Advertise, s.Bind)
	_, port, _ = net.SplitHostPort(s.Gossip)
	address("advertise-gossip", port)
	if host, _, _ := net.SplitHostPort(s.Advertise); s.AdvertiseGossip == "" && s.from["advertise"] != "" && net.ParseIP(host) != nil {
		s.AdvertiseGossip = net.JoinHostPort(host, port)
	}
	for i, other := range s.Join {
		full, err := withPort(other, gossipPort)
		if err != nil {
			wrong.addf("%s has %s, %v", s.told("join"), other, err)
		}
		s.Join[i] = full
	}
	s.Name = cmp.Or(s.Name, from.Hostname)
	s.PeerName = cmp.Or(s.PeerName, identity.MemberName(s.Cluster))
	if s.from["slots"] == "" {
		s.Slots = max(from.Processors, least)
	}
}

// next is the port after another; that after 0, which means any, is 0.
func next(port string) string {
	n, _ := strconv.Atoi(port)
	if n == 0 {
		return port
	}
	return strconv.Itoa(n + 1)
}

// withPort is an address with its port, or with another if it has none. localhost is written as the address that it is,
// for memberlist takes a name to listen at for all addresses.
func withPort(address, port string) (string, error) {
	host, own, err := net.SplitHostPort(address)
	if err != nil {
		var missing *net.AddrError
		if !errors.As(err, &missing) || missing.Err != "missing port in address" && net.ParseIP(address) == nil {
			return address, errors.New("which is no HOST:PORT")
		}
		if host, _, err = net.SplitHostPort(address + ":"); err != nil {
			host = address // IPv6
		}
		own = port
	}
	if n, err := strconv.Atoi(own); err != nil || n < 0 || n > 65535 {
		return address, errors.New("whose port is no number up to 65535")
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, own), nil
}
