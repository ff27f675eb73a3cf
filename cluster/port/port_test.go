package port

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/identity"
)

// testPort is a Port on the loopback, and what it has refused.
type testPort struct {
	*Port
	address string
	refused chan error
}

func newTestPort(t *testing.T, config *tls.Config, member func(tls.ConnectionState) bool) *testPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &testPort{address: l.Addr().String(), refused: make(chan error, 10)}
	p.Port = New(l, config, member, func(_ net.Addr, err error) { p.refused <- err })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

// mustRefuse waits until a connection was refused, for a reason with that text.
func (p *testPort) mustRefuse(t *testing.T, reason string) {
	t.Helper()
	select {
	case err := <-p.refused:
		if !strings.Contains(err.Error(), reason) {
			t.Errorf("%v, want %s", err, reason)
		}
	case <-time.After(time.Minute):
		t.Errorf("nothing was refused, want %s", reason)
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// certificates are those of a member of a cluster of their own.
func certificates(t *testing.T) *identity.TLS {
	t.Helper()
	ca, err := identity.NewCA(identity.DefaultCluster, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	made, err := ca.Issue([]string{"127.0.0.1"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := made.Save(dir, false); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return dir + "/" + name }
	own, err := identity.LoadTLS(identity.Files{
		CA: at(identity.CAFile), Cert: at(identity.CertFile), Key: at(identity.KeyFile), Name: identity.MemberName(identity.DefaultCluster),
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// TestConnectionsGoWhereTheyBelong: with and without encryption.
func TestConnectionsGoWhereTheyBelong(t *testing.T) {
	own := certificates(t)
	for name, tc := range map[string]struct {
		server *tls.Config
		dial   func(address string) (net.Conn, error)
	}{
		"plain": {nil, func(address string) (net.Conn, error) { return net.Dial("tcp", address) }},
		"TLS":   {own.Server(), func(address string) (net.Conn, error) { return tls.Dial("tcp", address, own.Client()) }},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTestPort(t, tc.server, own.Member)
			for _, part := range []struct {
				from  net.Listener
				begin func(net.Conn) error
			}{
				{p.Log(), func(conn net.Conn) error { return Begin(t.Context(), conn) }},
				{p.Requests(), func(conn net.Conn) error { return nil }},
			} {
				conn, err := tc.dial(p.address)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				begun := make(chan error, 1)
				go func() {
					err := part.begin(conn)
					_, failed := io.WriteString(conn, "HELLO")
					begun <- errors.Join(err, failed)
				}()
				got, err := part.from.Accept()
				if err != nil {
					t.Fatal(err)
				}
				text := make([]byte, 5)
				if _, err := io.ReadFull(got, text); err != nil || string(text) != "HELLO" {
					t.Errorf("%q, %v", text, err)
				}
				if err := <-begun; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestWhoIsNoMember: whoever would take part in the log is told why not, and so is who runs this side.
func TestWhoIsNoMember(t *testing.T) {
	own := certificates(t)
	p := newTestPort(t, own.Server(), func(tls.ConnectionState) bool { return false })
	conn, err := tls.Dial("tcp", p.address, own.Client())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var refused *RefusedError
	if err := Begin(t.Context(), conn); !errors.As(err, &refused) || !strings.Contains(err.Error(), "is not that of a member") {
		t.Error(err)
	}
	p.mustRefuse(t, "is not that of a member")
}

// TestOtherForms: another gstorm's log, and what is no agent's.
func TestOtherForms(t *testing.T) {
	p := newTestPort(t, nil, nil)
	for sent, want := range map[string]string{
		"gstorm-log/2\n":           "the log is spoken in form 1 here, and in form \"2\" there",
		"great\n":                  "it says what no agent says",
		strings.Repeat("g", 10000): "too long",
	} {
		conn := dial(t, p.address)
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(conn) // it may be reset while not all was read
		if len(sent) < maxLine && !strings.Contains(string(answer), want) {
			t.Errorf("%q: %q", sent, answer)
		}
		p.mustRefuse(t, want)
	}
	conn := dial(t, p.address)
	_ = conn.Close() // whoever looks whether the port is open is not worth a word
	conn = dial(t, p.address)
	if _, err := io.WriteString(conn, "great\n"); err != nil {
		t.Fatal(err)
	}
	p.mustRefuse(t, "no agent says")
}

// TestOneSideHasNoTLS, or that of another cluster.
func TestOneSideHasNoTLS(t *testing.T) {
	own, other := certificates(t), certificates(t)
	secure, plain := newTestPort(t, own.Server(), own.Member), newTestPort(t, nil, nil)

	if _, err := tls.Dial("tcp", plain.address, own.Client()); err == nil {
		t.Error("TLS without it")
	}
	plain.mustRefuse(t, "it comes by TLS, and this agent has no certificate")

	response, err := http.Get("http://" + secure.address)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || !strings.Contains(string(text), "by TLS only") {
		t.Errorf("%s, %v", text, err)
	}
	secure.mustRefuse(t, "it comes without TLS, and this agent has certificates")

	if _, err := tls.Dial("tcp", secure.address, other.Client()); err == nil || !strings.Contains(err.Error(), "not issued by the cluster's authority") {
		t.Error(err)
	}
	secure.mustRefuse(t, "it does not take this agent's certificate")

	trusting := other.Client()
	trusting.VerifyConnection = nil
	if conn, err := tls.Dial("tcp", secure.address, trusting); err == nil {
		defer conn.Close()
	}
	secure.mustRefuse(t, "its certificate is of another authority")
}
