package main

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gstorm/gstorm/cluster/agent"
	"github.com/gstorm/gstorm/cluster/identity"
)

// credentials are the files by which an agent, or a worker, shows that it is a member of its cluster.
type credentials struct {
	CA        string `json:"ca,omitempty"`
	Cert      string `json:"cert,omitempty"`
	Key       string `json:"key,omitempty"`
	PeerName  string `json:"peer_name,omitempty"`
	GossipKey string `json:"gossip_key,omitempty"`
}

// security is what follows from them. tokens is the file of what visitors show; "": they show nothing.
func (c *credentials) security(tokens string, log *slog.Logger) (s agent.Security, err error) {
	var checks checks
	if c.GossipKey != "" {
		if s.Keys, err = identity.ReadKeys(c.GossipKey); err != nil {
			return s, err
		}
	}
	switch {
	case c.Cert != "":
		if checks.tls, err = identity.LoadTLS(identity.Files{CA: c.CA, Cert: c.Cert, Key: c.Key, Name: c.PeerName}, log); err != nil {
			return s, err
		}
		s.Server, s.Client, s.Member = checks.tls.Server(), checks.tls.Client(), checks.tls.Member
		s.Remind = checks.tls.Remind
	case len(s.Keys) > 0:
		if checks.seal, err = identity.NewSeal(s.Keys); err != nil {
			return s, err
		}
		s.Authorize = func(r *http.Request) {
			r.Header.Set("Authorization", checks.seal.Sign(purpose(r), time.Now()))
		}
	}
	if tokens != "" {
		if checks.tokens, err = identity.OpenTokens(tokens, log); err != nil {
			return s, err
		}
	}
	s.Check = checks.check
	return s, nil
}

// checks is how it is found out who makes a request.
type checks struct {
	tls    *identity.TLS
	seal   *identity.Seal
	tokens *identity.Tokens
}

// purpose is what a seal is for.
func purpose(r *http.Request) string { return r.Method + " " + r.URL.Path }

// check implements agent.Security's Check.
func (c *checks) check(r *http.Request, state *tls.ConnectionState, role string) error {
	if c.tls == nil && c.seal == nil && c.tokens == nil {
		return nil
	}
	if c.tls != nil && state != nil && c.tls.Member(*state) {
		return nil
	}
	shown := r.Header.Get("Authorization")
	var sealed error
	if c.seal != nil {
		if sealed = c.seal.Verify(shown, purpose(r), time.Now()); sealed == nil {
			return nil
		}
	}
	switch {
	case role == agent.Internal && c.tls == nil && c.seal == nil:
		return nil // members have nothing to show
	case role == agent.Internal:
		return errors.Join(errors.New("it is not from a member of the cluster"), sealed)
	case c.tokens == nil:
		return nil
	}
	secret, ok := strings.CutPrefix(shown, "Bearer ")
	if !ok {
		return errors.New("it shows no token")
	}
	who, err := c.tokens.Check(secret)
	if err == nil && !who.Role.Allows(identity.Role(role)) {
		err = errors.New("the token of " + who.Name + " has the role " + string(who.Role))
	}
	return err
}
