package gossip

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// prelude is what a stream between two agents begins with, before a line that says who connects. The number is the form of
// both lines: what is only added to them needs no other.
const prelude = "gstorm-gossip/"

// form is the one that is spoken here.
const form = "1"

// maxGreeting bounds what is read of a line.
const maxGreeting = 16 << 10

// greeting is who connects. memberlist itself tells nobody why it does not listen to somebody; and what it tells, others, keys
// and all, have to be right for. So whatever makes an agent one of another cluster is said and looked at before.
type greeting struct {
	Card    card     `json:"card"`
	ID      string   `json:"id"`
	Gossip  string   `json:"gossip"` // its address
	Cluster string   `json:"cluster"`
	Keys    []string `json:"keys,omitempty"` // what proves nothing, but tells keys apart; its own comes first
	Secure  bool     `json:"secure,omitempty"`
}

// reply is the line that comes back.
type reply struct {
	ID      string   `json:"id"` // of who is asked
	Name    string   `json:"name"`
	Refusal *Refusal `json:"refused,omitempty"`
}

// Refusal is why an agent is not let in.
type Refusal struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"` // with what to do
}

// Kinds of refusals. Those of an agent that only has to wait until something is over are taken and its own ones.
const (
	OtherForm     = "form"     // it speaks another form of greetings, or none
	OtherCluster  = "cluster"  // by its name
	OtherProtocol = "protocol" // there is none that both understand
	OtherKey      = "key"      // or none, or one where there should be none
	OtherTLS      = "tls"      // it has certificates and the others have none, or the other way round
	OtherData     = "data"     // its data folder is of another cluster
	TakenID       = "id"       // an agent that is there has the same id
	TakenName     = "name"     // an agent that is there has the same name
)

// passes reports whether it may be over by itself: whoever has the id or the name may go.
func (r *Refusal) passes() bool { return r.Kind == TakenID || r.Kind == TakenName }

// RefusedError says that all who were asked have refused to let this agent in, and that waiting is of no use.
type RefusedError struct {
	Name, Address string // of one of them
	Reason        string
}

// Error says who has refused it, and why.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("this agent can't join the cluster: %s at %s refuses it, since %s", orSomebody(e.Name), e.Address, e.Reason)
}

// attempt is what has come of asking others to be let in.
type attempt struct {
	own      int // how often it was this agent itself
	refusals int
	passing  bool          // one of them may be over by itself
	last     *RefusedError // one that is not passing, if there is any
}

// refused notes that an agent has refused this one.
func (g *Gossip) refused(address, name string, r *Refusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.attempt.refusals++
	if r.passes() {
		g.attempt.passing = true
		return
	}
	g.attempt.last = &RefusedError{name, address, r.Reason}
}

// met notes that an address was this agent's own.
func (g *Gossip) met() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.attempt.own++
}

// fingerprint tells one key from others, and nothing else of it.
func fingerprint(key []byte) string {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte("gstorm: which key of the gossip is it?")) // it can't fail
	return hex.EncodeToString(m.Sum(nil)[:8])
}

func fingerprints(keys [][]byte) (list []string) {
	for _, k := range keys {
		list = append(list, fingerprint(k))
	}
	return list
}

// greeting is what this agent says of itself.
func (g *Gossip) greeting() greeting {
	address := g.Address() // memberlist has a lock of its own, and tells of members while it holds it
	g.mu.Lock()
	defer g.mu.Unlock()
	return greeting{
		Card: g.card, ID: g.options.ID, Gossip: address, Cluster: g.options.Cluster, Keys: fingerprints(g.options.Keys), Secure: g.options.Secure,
	}
}

// judge is why an agent is not let in; nil: it is. The reasons are for both sides to read: it is who connects.
func (g *Gossip) judge(it *greeting) *Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	if it.Cluster != g.options.Cluster {
		return refuse(OtherCluster, "it is of the cluster %q, and this one is %q: give it the setting cluster: %[2]s, or the addresses of its own cluster", it.Cluster, g.options.Cluster)
	}
	if r := g.judgeKeys(it.Keys); r != nil {
		return r
	}
	switch {
	case it.Secure && !g.options.Secure:
		return refuse(OtherTLS, "it has certificates, and the cluster has none: give all of them some, or take away its settings ca, cert and key")
	case !it.Secure && g.options.Secure:
		return refuse(OtherTLS, "it has no certificate, and the cluster has: give it one (settings ca, cert and key; gstorm tls makes them)")
	}
	if r := judgeMeta(g.card.Meta, it.Card.Meta, it.Cluster); r != nil {
		return r
	}
	for _, m := range g.members {
		switch same := m.ID == it.ID; {
		case m.Status != Alive:
		case same && m.Gossip != it.Gossip:
			return refuse(TakenID, "an agent that is there, at %s, has the same id: was a data folder copied? Each agent needs one of its own", m.Gossip)
		case !same && m.Meta.Name == it.Card.Name:
			return refuse(TakenName, "an agent that is there, at %s, has the same name, %q: give it another one (setting name), unless the other is about to go", m.Gossip, it.Card.Name)
		}
	}
	return nil
}

func refuse(kind, format string, args ...any) *Refusal {
	return &Refusal{kind, fmt.Sprintf(format, args...)}
}

// judgeMeta is why one who says this of itself can't be a member.
func judgeMeta(own, other Meta, cluster string) *Refusal {
	switch {
	case other.Oldest > own.Protocol || own.Oldest > other.Protocol:
		return refuse(OtherProtocol, "it is gstorm %s and speaks %s, and the cluster is gstorm %s and speaks %s: install the same version on all",
			other.Version, protocols(other), own.Version, protocols(own))
	case other.Cluster != "" && own.Cluster != "" && other.Cluster != own.Cluster:
		return refuse(OtherData, "its data folder is of another cluster, which is also called %q: start it with an empty one, or give it the addresses of its own cluster", cluster)
	}
	return nil
}

// judgeKeys: what either encrypts the other has to be able to decrypt.
func (g *Gossip) judgeKeys(its []string) *Refusal {
	own := fingerprints(g.options.Keys)
	switch {
	case len(its) == 0 && len(own) > 0:
		return &Refusal{OtherKey, "it has no key for the gossip, and the cluster has: give it the cluster's (setting gossip-key)"}
	case len(its) > 0 && len(own) == 0:
		return &Refusal{OtherKey, "it has a key for the gossip, and the cluster has none: give all of them one, or take away its setting gossip-key"}
	case len(its) > 0 && (!slices.Contains(own, its[0]) || !slices.Contains(its, own[0])):
		return &Refusal{OtherKey, "it has another key for the gossip than the cluster: give it the cluster's (setting gossip-key)"}
	}
	return nil
}

// protocols names what an agent speaks.
func protocols(m Meta) string {
	if m.Oldest == m.Protocol {
		return fmt.Sprintf("protocol %d", m.Protocol)
	}
	return fmt.Sprintf("protocols %d to %d", m.Oldest, m.Protocol)
}

// writeGreeting writes a line.
func writeGreeting(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s %s\n", prelude, form, text)
	return err
}

// strangeError says that the other side greets in another form, or not at all.
type strangeError struct{ form string }

// Error tells the two apart.
func (e *strangeError) Error() string {
	if e.form == "" {
		return "it does not greet as agents of this version do: is it another version of gstorm, or no agent at all?"
	}
	return fmt.Sprintf("it greets in form %.20q, and this version of gstorm in form %s: install the same version on all", e.form, form)
}

// readGreeting reads a line. What cannot be one is not waited for to the end.
func readGreeting(r *bufio.Reader, v any) error {
	start, err := r.Peek(1)
	if err != nil {
		return err
	}
	if start[0] != prelude[0] {
		return &strangeError{}
	}
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if err != bufio.ErrBufferFull {
			return err
		}
		if len(line) > maxGreeting {
			return &strangeError{}
		}
	}
	rest, ok := strings.CutPrefix(string(line), prelude)
	spoken, text, split := strings.Cut(rest, " ")
	switch {
	case !ok || !split:
		return &strangeError{}
	case spoken != form:
		return &strangeError{spoken}
	}
	return json.Unmarshal([]byte(text), v)
}

// greeted is a stream after its greeting: what was read of it beyond comes first.
type greeted struct {
	net.Conn
	from *bufio.Reader
}

// Read reads what is there already, and what follows.
func (c *greeted) Read(p []byte) (int, error) { return c.from.Read(p) }
