package identity

import (
	"fmt"
	"slices"
)

// Role is what the bearer of a token may do. Who may do more may do less as well.
type Role string

// The roles.
const (
	Read    Role = "read"    // look: lists, status, logs, metrics, errors
	Operate Role = "operate" // also what concerns topologies: submit, kill, activate, deactivate, rebalance, upgrade
	Admin   Role = "admin"   // also what concerns the cluster: members, draining nodes, tokens
)

// roles are all of them, who may do more later.
var roles = []Role{Read, Operate, Admin}

// ParseRole returns the role of a name.
func ParseRole(name string) (Role, error) {
	if !slices.Contains(roles, Role(name)) {
		return "", fmt.Errorf("there is no role %q, but read, operate and admin", name)
	}
	return Role(name), nil
}

// Allows reports whether who has the role may do what needs another. What is no role may do nothing.
func (r Role) Allows(needed Role) bool {
	return slices.Contains(roles, needed) && slices.Index(roles, r) >= slices.Index(roles, needed)
}
