package identity

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"regexp"
	"slices"
	"time"
)

// bothEnds are the uses of a member's certificate: members connect to each other.
var bothEnds = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}

// local is what a machine calls itself.
var local = []string{"localhost", "127.0.0.1", "::1"}

// host is a name that a host can have, or *.example.com.
var host = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// Certificate is a member's certificate with its key.
type Certificate struct {
	leaf      *x509.Certificate
	key       crypto.Signer
	authority *CA
}

// Ends is when nobody takes it any more.
func (c *Certificate) Ends() time.Time { return c.leaf.NotAfter }

// EndsSoon reports whether it is time to make another: in the last 30 days, or the last quarter of its time if that is less.
func (c *Certificate) EndsSoon() bool { return endsSoon(c.leaf, time.Now()) }

func endsSoon(c *x509.Certificate, now time.Time) bool {
	return c.NotAfter.Sub(now) < min(30*24*time.Hour, c.NotAfter.Sub(c.NotBefore)/4)
}

// Covers reports whether the certificate is for all of these names and addresses.
func (c *Certificate) Covers(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool {
		if ip := net.ParseIP(host); ip != nil {
			return !slices.ContainsFunc(c.leaf.IPAddresses, ip.Equal)
		}
		return !slices.Contains(c.leaf.DNSNames, host)
	})
}

// Save writes CertFile, KeyFile and the authority's CAFile to a folder: all that a member needs. If one of them is there and
// replace is not given, nothing is written and the error is an fs.ErrExist.
func (c *Certificate) Save(folder string, replace bool) error {
	key, err := keyPEM(c.key)
	if err != nil {
		return err
	}
	return save(folder, replace, file{KeyFile, key, true}, file{CertFile, certPEM(c.leaf), false}, file{CAFile, c.authority.PEM(), false})
}

// address writes into a certificate what it is for: the name of the cluster's members, what the machine calls itself, and
// hosts.
func address(template *x509.Certificate, cluster string, hosts []string) error {
	for _, h := range slices.Concat([]string{MemberName(cluster)}, hosts, local) {
		ip := net.ParseIP(h)
		switch {
		case ip != nil && !slices.ContainsFunc(template.IPAddresses, ip.Equal):
			template.IPAddresses = append(template.IPAddresses, ip)
		case ip != nil || slices.Contains(template.DNSNames, h): // once is enough
		case !host.MatchString(h) || len(h) > 253:
			return fmt.Errorf("%q is neither the name of a host nor an IP address", h)
		default:
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	return nil
}

func certPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func keyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Day is a time as messages have it.
func Day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
