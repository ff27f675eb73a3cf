package identity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"path/filepath"
	"time"
)

// The files of an authority and of a member.
const (
	CAFile    = "ca.pem"
	CAKeyFile = "ca-key.pem" // stays where certificates are made
	CertFile  = "cert.pem"
	KeyFile   = "key.pem"
)

// backdated is by how much a certificate begins before it is made: the clocks of machines differ.
const backdated = time.Hour

// CA is the authority of one cluster: whoever has a certificate of it is a member.
type CA struct {
	Cluster string
	cert    *x509.Certificate
	key     crypto.Signer
}

// NewCA makes the authority of a cluster. Its key is drawn at random: the authority of a cluster is made once, and saved.
func NewCA(cluster string, validity time.Duration) (*CA, error) {
	if err := CheckCluster(cluster); err != nil {
		return nil, err
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		// Issue reads the cluster's name from the unit.
		Subject:   pkix.Name{CommonName: "gstorm cluster " + cluster, Organization: []string{"gstorm"}, OrganizationalUnit: []string{cluster}},
		NotBefore: now.Add(-backdated), NotAfter: now.Add(validity),
		IsCA: true, MaxPathLenZero: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &CA{Cluster: cluster, cert: cert, key: key}, nil
}

// newKey draws a key of the kind that browsers take, too.
func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// OpenCA reads the authority that Save has written to a folder. The error is an fs.ErrNotExist if there is none.
func OpenCA(folder string) (*CA, error) {
	path := filepath.Join(folder, CAFile)
	pair, err := tls.LoadX509KeyPair(path, filepath.Join(folder, CAKeyFile))
	if err != nil {
		return nil, fmt.Errorf("the authority in %s: %w", folder, err)
	}
	cert := pair.Leaf
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok || !cert.IsCA || len(cert.Subject.OrganizationalUnit) != 1 || CheckCluster(cert.Subject.OrganizationalUnit[0]) != nil {
		return nil, fmt.Errorf("%s is not the authority of a cluster, as gstorm makes them", path)
	}
	return &CA{Cluster: cert.Subject.OrganizationalUnit[0], cert: cert, key: key}, nil
}

// Save writes CAFile and CAKeyFile to a folder, which is made if it is not there. If one of them is there nothing is
// written, and the error is an fs.ErrExist: an authority that is lost can't be made again.
func (ca *CA) Save(folder string) error {
	key, err := keyPEM(ca.key)
	if err != nil {
		return err
	}
	return save(folder, false, file{CAKeyFile, key, true}, file{CAFile, ca.PEM(), false})
}

// Ends is when nobody trusts the authority any more.
func (ca *CA) Ends() time.Time { return ca.cert.NotAfter }

// PEM is the authority's certificate, which every member and every visitor needs.
func (ca *CA) PEM() []byte { return certPEM(ca.cert) }

// Issue makes a certificate, and its key, for a member. Hosts are the names and addresses by which browsers and other programs reach it;
// members do without. Those of the machine itself are always among them. It ends with the authority at the latest.
func (ca *CA) Issue(hosts []string, validity time.Duration) (*Certificate, error) {
	now := time.Now()
	if now.After(ca.Ends()) {
		return nil, fmt.Errorf("the authority of the cluster %s ended on %s", ca.Cluster, Day(ca.Ends()))
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: MemberName(ca.Cluster), Organization: []string{"gstorm"}, OrganizationalUnit: []string{ca.Cluster}},
		NotBefore: now.Add(-backdated), NotAfter: earlier(now.Add(validity), ca.Ends()),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: bothEnds, BasicConstraintsValid: true,
	}
	if err := address(template, ca.Cluster, hosts); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Certificate{leaf: leaf, key: key, authority: ca}, nil
}

// Issued reads the certificate that Save has written to a folder. It is an error if it is of another authority, and an
// fs.ErrNotExist if there is none.
func (ca *CA) Issued(folder string) (*Certificate, error) {
	path := filepath.Join(folder, CertFile)
	pair, err := tls.LoadX509KeyPair(path, filepath.Join(folder, KeyFile))
	if err != nil {
		return nil, fmt.Errorf("the certificate in %s: %w", folder, err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok || pair.Leaf.CheckSignatureFrom(ca.cert) != nil {
		return nil, fmt.Errorf("%s was not issued by this authority", path)
	}
	return &Certificate{leaf: pair.Leaf, key: key, authority: ca}, nil
}
