package identity

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const year = 365 * 24 * time.Hour

// logged is a logger whose lines are read after what logs has ended.
func logged() (*slog.Logger, *strings.Builder) {
	var b strings.Builder
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

func newCA(t *testing.T, cluster string) *CA {
	t.Helper()
	ca, err := NewCA(cluster, year)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// files saves a new certificate of an authority to a new folder.
func files(t *testing.T, ca *CA, validity time.Duration) Files {
	t.Helper()
	folder := t.TempDir()
	renew(t, ca, folder, validity)
	return Files{filepath.Join(folder, CAFile), filepath.Join(folder, CertFile), filepath.Join(folder, KeyFile), MemberName(ca.Cluster)}
}

func renew(t *testing.T, ca *CA, folder string, validity time.Duration) {
	t.Helper()
	c, err := ca.Issue([]string{"node1", "10.0.0.1"}, validity)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(folder, true); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, f Files) *TLS {
	t.Helper()
	l, err := LoadTLS(f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// bare is the certificate of files for a config of one's own.
func bare(t *testing.T, f Files) []tls.Certificate {
	t.Helper()
	c, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		t.Fatal(err)
	}
	return []tls.Certificate{c}
}

// outcome is what both ends have of a connection.
type outcome struct {
	server, client       tls.ConnectionState
	serverErr, clientErr error
}

// connect makes a real connection over the loopback; a byte goes either way, for with TLS 1.3 a client hears only then that
// it was refused.
func connect(t *testing.T, server, client *tls.Config) (o outcome) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		c, err := listener.Accept()
		if err != nil {
			o.serverErr = err
			return
		}
		o.server, o.serverErr = talk(c.(*tls.Conn))
	}()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o.client, o.clientErr = talk(tls.Client(c, client))
	<-taken
	return o
}

func talk(c *tls.Conn) (tls.ConnectionState, error) {
	defer func() { _ = c.Close() }()
	err := c.Handshake()
	if err == nil {
		_, err = c.Write([]byte{1})
	}
	if err == nil {
		_, err = io.ReadFull(c, make([]byte, 1))
	}
	return c.ConnectionState(), err
}

func TestMembersConnectAtAnyAddress(t *testing.T) {
	ca := newCA(t, "prod")
	one, other := load(t, files(t, ca, year)), load(t, files(t, ca, year))
	o := connect(t, one.Server("gstorm-test", "h2"), other.Client("gstorm-test"))
	if err := errors.Join(o.serverErr, o.clientErr); err != nil {
		t.Fatal(err)
	}
	if !one.Member(o.server) || o.server.Version != tls.VersionTLS13 || o.server.NegotiatedProtocol != "gstorm-test" {
		t.Errorf("member %t, version %x, protocol %q", one.Member(o.server), o.server.Version, o.server.NegotiatedProtocol)
	}
}

func TestVisitorsShowNoCertificate(t *testing.T) {
	ca := newCA(t, "prod")
	f := files(t, ca, year)
	one := load(t, f)
	for _, name := range []string{MemberName("prod"), "localhost", "127.0.0.1", "node1", "10.0.0.1"} {
		visitor, err := Visitor(f.CA, name)
		if err != nil {
			t.Fatal(err)
		}
		o := connect(t, one.Server(), visitor)
		if err := errors.Join(o.serverErr, o.clientErr); err != nil {
			t.Fatal(err)
		}
		if one.Member(o.server) {
			t.Error("who shows no certificate is a member")
		}
	}
	visitor, err := Visitor(f.CA, "elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	if o := connect(t, one.Server(), visitor); o.clientErr == nil {
		t.Error("a visitor took the certificate for another name")
	}
	old, err := Visitor(f.CA, "node1")
	if err != nil {
		t.Fatal(err)
	}
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if o := connect(t, one.Server(), old); o.clientErr == nil {
		t.Error("TLS 1.2 was taken")
	}
}

func TestAnotherAuthorityIsRefused(t *testing.T) {
	// The cluster has the same name, so that nothing but the authority differs.
	ours, theirs := load(t, files(t, newCA(t, "prod"), year)), load(t, files(t, newCA(t, "prod"), year))
	o := connect(t, ours.Server(), theirs.Client())
	if o.clientErr == nil || !strings.Contains(o.clientErr.Error(), "not issued by the cluster's authority") {
		t.Errorf("the client took the server: %v", o.clientErr)
	}
	// One that does not look at the server must be refused by the server.
	blind := theirs.Client()
	blind.VerifyConnection = nil
	if o = connect(t, ours.Server(), blind); o.serverErr == nil || o.clientErr == nil {
		t.Errorf("the server took the client: %v, %v", o.serverErr, o.clientErr)
	}
}

// Of the same authority, as a company has one, but not for the name that members have.
func TestAnotherNameIsNoMember(t *testing.T) {
	ca := newCA(t, "prod")
	ours := load(t, files(t, ca, year))
	f := files(t, &CA{Cluster: "billing", cert: ca.cert, key: ca.key}, year)
	theirs := load(t, f)
	o := connect(t, theirs.Server(), ours.Client())
	if want := "for the name agent.prod.gstorm, and is for agent.billing.gstorm"; o.clientErr == nil || !strings.Contains(o.clientErr.Error(), want) {
		t.Errorf("%v, want %q", o.clientErr, want)
	}
	blind := theirs.Client()
	blind.VerifyConnection = nil
	o = connect(t, ours.Server(), blind)
	if err := errors.Join(o.serverErr, o.clientErr); err != nil {
		t.Fatal(err) // a browser may well show one
	}
	if ours.Member(o.server) {
		t.Error("it is a member by a certificate for another name")
	}
}

func TestAnEndedCertificateIsRefused(t *testing.T) {
	ca := newCA(t, "prod")
	ours, ended := load(t, files(t, ca, year)), files(t, ca, -time.Minute)
	_, err := LoadTLS(ended, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), ended.Cert) || !strings.Contains(err.Error(), "ended on "+time.Now().UTC().Format("2006-01-02")) {
		t.Errorf("loaded: %v", err)
	}
	o := connect(t, &tls.Config{Certificates: bare(t, ended)}, ours.Client())
	if o.clientErr == nil || !strings.Contains(o.clientErr.Error(), "ended on") {
		t.Errorf("the client took the server: %v", o.clientErr)
	}
	o = connect(t, ours.Server(), &tls.Config{Certificates: bare(t, ended), InsecureSkipVerify: true})
	if o.serverErr == nil || !strings.Contains(o.serverErr.Error(), "expired") {
		t.Errorf("the server took the client: %v", o.serverErr)
	}
}

func TestRenewedFilesHoldFromTheNextConnection(t *testing.T) {
	ca := newCA(t, "prod")
	f := files(t, ca, year)
	log, lines := logged()
	server, err := LoadTLS(f, log)
	if err != nil {
		t.Fatal(err)
	}
	client := load(t, files(t, ca, year))
	config := server.Server() // made once, as a server does
	serial := func(client *tls.Config) string {
		t.Helper()
		o := connect(t, config, client)
		if err := errors.Join(o.serverErr, o.clientErr); err != nil {
			t.Fatal(err)
		}
		return o.client.PeerCertificates[0].SerialNumber.String()
	}
	first := serial(client.Client())
	renew(t, ca, filepath.Dir(f.Cert), year)
	second := serial(client.Client())
	if second == first {
		t.Error("the old certificate was shown")
	}
	// While only one of two files is new, what was there before goes on.
	other := files(t, ca, year)
	if err := os.Rename(other.Cert, f.Cert); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if serial(client.Client()) != second {
			t.Error("half a renewal was shown")
		}
	}
	if err := os.Rename(other.Key, f.Key); err != nil {
		t.Fatal(err)
	}
	if serial(client.Client()) == second {
		t.Error("the rest of the renewal was not seen")
	}
	if n := strings.Count(lines.String(), "can't be read"); n != 1 {
		t.Errorf("half a renewal was logged %d times:\n%s", n, lines)
	}
	// Another authority, after both were trusted for a while.
	next := newCA(t, "prod")
	both := append(ca.PEM(), next.PEM()...)
	for _, file := range []string{f.CA, client.files.CA} {
		if err := os.WriteFile(file, both, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := client.Client() // with what was read before
	last := files(t, next, year)
	for _, move := range [][2]string{{last.Cert, f.Cert}, {last.Key, f.Key}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
	}
	serial(before)
}

// A company's authority issues by an authority between, and gives names of its own.
func TestCertificatesOfOnesOwn(t *testing.T) {
	root := newCA(t, "company")
	company := resign(t, root, root, &x509.Certificate{IsCA: true, MaxPathLen: 1})
	between := resign(t, company, newCA(t, "between"), &x509.Certificate{IsCA: true, MaxPathLenZero: true})
	own := func(uses []x509.ExtKeyUsage, names ...string) Files {
		key := newCA(t, "leaf")
		leaf := resign(t, between, key, &x509.Certificate{DNSNames: names, ExtKeyUsage: uses})
		text, err := keyPEM(key.key)
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		err = save(folder, false, file{CAFile, company.PEM(), false}, file{KeyFile, text, true},
			file{CertFile, append(leaf.PEM(), between.PEM()...), false})
		if err != nil {
			t.Fatal(err)
		}
		return Files{filepath.Join(folder, CAFile), filepath.Join(folder, CertFile), filepath.Join(folder, KeyFile), "storm.example.com"}
	}
	one, other := load(t, own(bothEnds, "a.example.com", "storm.example.com")), load(t, own(bothEnds, "storm.example.com"))
	o := connect(t, one.Server(), other.Client())
	if err := errors.Join(o.serverErr, o.clientErr); err != nil || !one.Member(o.server) {
		t.Errorf("%v, member %t", err, one.Member(o.server))
	}
	for want, f := range map[string]Files{
		"must be for the name storm.example.com, and is for a.example.com": own(bothEnds, "a.example.com"),
		"must be for the name storm.example.com, and is for none":          own(bothEnds),
		"must be for servers and for clients":                              own(bothEnds[:1], "storm.example.com"),
	} {
		if _, err := LoadTLS(f, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// resign has an authority sign another certificate for what holds a key.
func resign(t *testing.T, by, of *CA, template *x509.Certificate) *CA {
	t.Helper()
	template.Subject = pkix.Name{CommonName: of.cert.Subject.CommonName}
	template.NotBefore, template.NotAfter, template.BasicConstraintsValid = of.cert.NotBefore, of.cert.NotAfter, true
	if template.IsCA {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	parent := by.cert
	if by == of {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, of.key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &CA{Cluster: of.Cluster, cert: cert, key: of.key}
}

func TestRemindersOfTheEnd(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ca := newCA(t, "prod")
		renew(t, ca, folder, 60*24*time.Hour)
		log, lines := logged()
		l, err := LoadTLS(Files{filepath.Join(folder, CAFile), filepath.Join(folder, CertFile), filepath.Join(folder, KeyFile), MemberName("prod")}, log)
		if err != nil {
			t.Fatal(err)
		}
		if lines.Len() > 0 {
			t.Errorf("two months before: %s", lines)
		}
		time.Sleep(50 * 24 * time.Hour)
		l.Remind()
		l.Remind()
		if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, `ends="2000-03-01 00:00 UTC"`) || !strings.Contains(got, folder) {
			t.Errorf("ten days before: %s", got)
		}
		lines.Reset()
		time.Sleep(11 * 24 * time.Hour)
		l.Remind()
		if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") {
			t.Errorf("after it: %s", got)
		}
	})
}

func TestFilesThatAreNoCertificates(t *testing.T) {
	f := files(t, newCA(t, "prod"), year)
	other := files(t, newCA(t, "prod"), year)
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, wrong := range map[string]Files{
		"no such file":                      {CA: "nothing.pem", Cert: f.Cert, Key: f.Key, Name: f.Name},
		"nothing.pem":                       {CA: f.CA, Cert: "nothing.pem", Key: f.Key, Name: f.Name},
		"holds no certificate in PEM":       {CA: f.Key, Cert: f.Cert, Key: f.Key, Name: f.Name},
		"junk: certificate 1":               {CA: junk, Cert: f.Cert, Key: f.Key, Name: f.Name},
		"private key does not match":        {CA: f.CA, Cert: f.Cert, Key: other.Key, Name: f.Name},
		"not issued by the cluster's autho": {CA: other.CA, Cert: f.Cert, Key: f.Key, Name: f.Name},
	} {
		if _, err := LoadTLS(wrong, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
