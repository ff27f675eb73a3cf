package identity

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// Files are a member's certificate, in PEM.
type Files struct {
	CA   string // the certificates that are trusted, one or more: while one authority follows another, both
	Cert string // the member's own, and then any between it and the authority
	Key  string
	// Name must be in the certificate of every member: MemberName of the cluster, or, with certificates of one's own, any
	// that the company's authority gives to nobody else.
	Name string
}

// TLS is how a member connects to members, and takes connections from members and visitors. Its methods may be called from
// any goroutine. Certificates that were renewed on disk hold from the next connection on.
type TLS struct {
	files Files
	log   *slog.Logger
	now   *watched[*material]

	mu       sync.Mutex
	reminded time.Time
}

// material is what the files hold.
type material struct {
	pool *x509.CertPool
	own  tls.Certificate
	ends []ending
}

// ending is when a certificate ends.
type ending struct {
	file string
	cert *x509.Certificate
}

// LoadTLS reads the files of a member. Whatever would make other members refuse it is an error here already: another
// authority, another name, another use, a time that is over.
func LoadTLS(f Files, log *slog.Logger) (*TLS, error) {
	t := &TLS{files: f, log: log}
	var err error
	if t.now, err = watch(log, f.read, f.CA, f.Cert, f.Key); err != nil {
		return nil, err
	}
	t.Remind()
	return t, nil
}

func (f Files) read() (*material, error) {
	authorities, err := readCertificates(f.CA)
	if err != nil {
		return nil, err
	}
	m := &material{pool: x509.NewCertPool()}
	for _, c := range authorities {
		m.pool.AddCert(c)
		m.ends = append(m.ends, ending{f.CA, c})
	}
	if m.own, err = tls.LoadX509KeyPair(f.Cert, f.Key); err != nil {
		return nil, fmt.Errorf("the certificate %s with the key %s: %w", f.Cert, f.Key, err)
	}
	m.ends = append(m.ends, ending{f.Cert, m.own.Leaf})
	chain := []*x509.Certificate{m.own.Leaf}
	for _, der := range m.own.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Cert, err)
		}
		chain = append(chain, c)
	}
	for _, use := range bothEnds {
		if err := f.verify(m.pool, chain, use); err != nil {
			return nil, fmt.Errorf("no member of the cluster would take the certificate %s: %w", f.Cert, err)
		}
	}
	return m, nil
}

// readCertificates reads a file with one certificate or more.
func readCertificates(path string) ([]*x509.Certificate, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the authority's certificate: %w", err)
	}
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d: %w", path, len(all)+1, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no certificate in PEM", path)
	}
	return all, nil
}

// verify is why a chain, the member's own certificate first, does not show a member; nil if it does.
func (f Files) verify(pool *x509.CertPool, chain []*x509.Certificate, use x509.ExtKeyUsage) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	leaf := chain[0]
	_, err := leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{use}, DNSName: f.Name})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Errorf("it was not issued by the cluster's authority (%s): %w", f.CA, err)
	case errors.As(err, new(x509.HostnameError)):
		return fmt.Errorf("it must be for the name %s, and is for %s", f.Name, cmp.Or(strings.Join(leaf.DNSNames, ", "), "none"))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return fmt.Errorf("that of %s holds from %s on; are the clocks right?", invalid.Cert.Subject, Day(invalid.Cert.NotBefore))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("that of %s ended on %s: renew it", invalid.Cert.Subject, Day(invalid.Cert.NotAfter))
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return errors.New("it must be for servers and for clients (extended key usages serverAuth and clientAuth)")
	}
	return err
}

// Server is for a listener that members and visitors connect to. A visitor shows no certificate, or any of the authority's;
// who shows one of another authority, or one that has ended, is refused. Protocols are offered by ALPN (h2, http/1.1, ...).
func (t *TLS) Server(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			m := t.current()
			return &tls.Config{
				MinVersion: tls.VersionTLS13, NextProtos: protocols,
				Certificates: []tls.Certificate{m.own}, ClientCAs: m.pool, ClientAuth: tls.VerifyClientCertIfGiven,
				// A session that is resumed would be that of a certificate which no longer holds.
				SessionTicketsDisabled: true,
			}, nil
		},
	}
}

// Member reports whether a connection that Server has taken is one of a member. All others are visitors.
func (t *TLS) Member(s tls.ConnectionState) bool {
	return len(s.VerifiedChains) > 0 && s.VerifiedChains[0][0].VerifyHostname(t.files.Name) == nil
}

// Client is for connections to members, at whatever address: only a member is connected to.
func (t *TLS) Client(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: protocols, ServerName: t.files.Name,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &t.current().own, nil },
		// Not by crypto/tls, but by VerifyConnection: the authorities may be others by then.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if err := t.files.verify(t.current().pool, s.PeerCertificates, x509.ExtKeyUsageServerAuth); err != nil {
				return fmt.Errorf("the certificate of the other side: %w", err)
			}
			return nil
		},
	}
}

// Visitor is for connections of people and programs that are no members. ca is the file of the certificates that are
// trusted. If name is "", the certificate must be for the address that is connected to, as usual; else for that name.
func Visitor(ca, name string) (*tls.Config, error) {
	authorities, err := readCertificates(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, c := range authorities {
		pool.AddCert(c)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ServerName: name}, nil
}

func (t *TLS) current() *material {
	t.Remind()
	return t.now.get()
}

// remindEvery is how often the log says that a certificate is about to end.
const remindEvery = 24 * time.Hour

// Remind logs, at most once a day, which certificates are about to end (see Certificate.EndsSoon). Every connection does that; so an agent has to call it only for the case that its connections last.
func (t *TLS) Remind() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if now.Sub(t.reminded) < remindEvery {
		return
	}
	t.reminded = now
	for _, e := range t.now.get().ends {
		left := e.cert.NotAfter.Sub(now)
		switch {
		case left <= 0:
			t.log.Error("a certificate has ended: nobody takes it any more", "file", e.file, "ended", Day(e.cert.NotAfter))
		case endsSoon(e.cert, now):
			t.log.Warn("a certificate ends soon: renew it", "file", e.file, "ends", Day(e.cert.NotAfter))
		}
	}
}
