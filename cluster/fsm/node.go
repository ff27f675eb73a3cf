package fsm

import (
	"reflect"
	"slices"
	"time"
)

// Node is a machine of the cluster, as its agent has described it.
type Node struct {
	ID      string   `json:"id"`   // drawn at random when its data folder was made
	Name    string   `json:"name"` // for people; two nodes may have the same
	Address string   `json:"address"`
	Slots   int      `json:"slots"`
	CPU     float64  `json:"cpu,omitempty"`    // in percent of one core; 0: not said
	Memory  float64  `json:"memory,omitempty"` // in MB; 0: not said
	Tags    []string `json:"tags,omitempty"`
	Version string   `json:"version"`
	// Draining: it gives away its workers and gets no others, until it is told otherwise.
	Draining bool `json:"draining,omitempty"`
	// Lost is since when it is not heard of; zero: it is.
	Lost time.Time `json:"lost,omitzero"`
}

// Same reports whether two descriptions of a node say the same.
func (n *Node) Same(other *Node) bool {
	a, b := *n, *other
	a.Tags, b.Tags = nil, nil
	return reflect.DeepEqual(a, b) && slices.Equal(n.Tags, other.Tags)
}
