package gossip

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/memberlist"
)

// Meta is what an agent tells of itself. It has to be small: what does not fit is an error of New and of SetMeta.
type Meta struct {
	Name    string `json:"n"` // for people: the host's name, mostly
	Address string `json:"a"` // where it takes requests
	Version string `json:"v"` // of gstorm
	// Protocol is the newest form of the agents' conversation that it understands, Oldest the oldest.
	Protocol int `json:"p"`
	Oldest   int `json:"o"`
	// Cluster tells the cluster from all others, whatever they are called; "": the agent is in none yet.
	Cluster string `json:"c,omitempty"`
	// Logs: it is a member of the replicated log, so that it knows who leads.
	Logs bool `json:"r,omitempty"`
	// Expect is how many agents it waits for before a new cluster begins; 0: it waits for none.
	Expect int `json:"e,omitempty"`
}

// card is what goes over the network: what an agent tells of itself, and whether it is about to leave.
type card struct {
	Meta
	Leaving bool `json:"l,omitempty"`
}

func (c card) encode() ([]byte, error) {
	text, err := json.Marshal(c)
	if err == nil && len(text) > memberlist.MetaMaxSize {
		err = fmt.Errorf("what the agent tells of itself is %d bytes, at most %d can be: give it a shorter name", len(text), memberlist.MetaMaxSize)
	}
	return text, err
}

// Status is how it stands with a member.
type Status string

// The statuses.
const (
	Alive  Status = "alive"
	Failed Status = "failed" // it is not heard of any more
	Left   Status = "left"   // it has said good-bye
)

// Member is an agent, as the others know it.
type Member struct {
	ID     string // drawn at random when its data folder was made
	Meta   Meta
	Gossip string // its address for gossip
	Status Status
	Since  time.Time // of the status, as this agent has heard of it
}
