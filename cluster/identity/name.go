package identity

import (
	"fmt"
	"regexp"
)

// DefaultCluster is the name of a cluster that nobody has named.
const DefaultCluster = "gstorm"

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CheckCluster returns an error for what can't be the name of a cluster: it stands in a DNS name.
func CheckCluster(name string) error {
	if !label.MatchString(name) {
		return fmt.Errorf("%q can't name a cluster: expected lower case letters, digits and hyphens, 63 at most, no hyphen at either end", name)
	}
	return nil
}

// MemberName is the DNS name that the certificates of a cluster's agents and workers are for. No server of DNS knows it.
func MemberName(cluster string) string { return "agent." + cluster + ".gstorm" }
