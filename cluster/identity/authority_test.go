package identity

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAnAuthorityIsMadeOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tls")
	if _, err := OpenCA(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened: %v", err)
	}
	ca := newCA(t, "prod")
	if err := ca.Save(folder); err != nil {
		t.Fatal(err)
	}
	if err := newCA(t, "prod").Save(folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("saved over another: %v", err)
	}
	again, err := OpenCA(folder)
	if err != nil || again.Cluster != "prod" || !again.Ends().Equal(ca.Ends()) || string(again.PEM()) != string(ca.PEM()) {
		t.Errorf("%v, %v", again, err)
	}
	// A lone key is one that somebody still needs, too.
	if err := os.Remove(filepath.Join(folder, CAFile)); err != nil {
		t.Fatal(err)
	}
	if err := ca.Save(folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("saved over a key: %v", err)
	}
}

func TestKeysAreForTheirOwner(t *testing.T) {
	folder := t.TempDir()
	ca := newCA(t, "prod")
	c, err := ca.Issue(nil, year)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{ca.Save(filepath.Join(folder, "ca")), c.Save(folder, false), c.Save(folder, true), SaveKey(filepath.Join(folder, "gossip.key"), NewKey())} {
		if err != nil {
			t.Error(err)
		}
	}
	for name, want := range map[string]fs.FileMode{"ca/ca.pem": 0o644, "ca/ca-key.pem": 0o600, "cert.pem": 0o644, "key.pem": 0o600, "ca.pem": 0o644, "gossip.key": 0o600} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 5 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := SaveKey(filepath.Join(folder, "gossip.key"), NewKey()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a key was written over: %v", err)
	}
}

func TestWhatACertificateIsFor(t *testing.T) {
	ca, folder := newCA(t, "prod"), t.TempDir()
	c, err := ca.Issue([]string{"node1", "10.0.0.1", "fe80::1", "*.example.com", "node1"}, 2*year)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(folder, false); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(folder, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if c, err = ca.Issued(folder); err != nil {
		t.Fatal(err)
	}
	if !c.Covers([]string{"node1", "10.0.0.1", "FE80:0::1", "*.example.com", "localhost", "::1"}) || c.Covers([]string{"node1", "node2"}) || c.Covers([]string{"10.0.0.2"}) {
		t.Errorf("it is for %v, %v", c.leaf.DNSNames, c.leaf.IPAddresses)
	}
	if len(c.leaf.DNSNames) != 4 || !c.Ends().Equal(ca.Ends()) {
		t.Errorf("it is for %v and ends %s, the authority %s", c.leaf.DNSNames, c.Ends(), ca.Ends())
	}
	if _, err := newCA(t, "prod").Issued(folder); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another authority knows it: %v", err)
	}
	if _, err := ca.Issued(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	for _, wrong := range []string{"", "a b", "node1:7760", "a..b", "-a", "a.*", strings.Repeat("a.", 200) + "a"} {
		if _, err := ca.Issue([]string{wrong}, year); err == nil {
			t.Errorf("issued for %q", wrong)
		}
	}
	ended, err := NewCA("prod", -time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ended.Issue(nil, year); err == nil || !strings.Contains(err.Error(), "ended on") {
		t.Errorf("an authority that has ended issued: %v", err)
	}
}

func TestNamesOfClusters(t *testing.T) {
	for name, fine := range map[string]bool{
		"prod": true, "a": true, "eu-1": true, strings.Repeat("a", 63): true,
		"": false, "Prod": false, "a.b": false, "-a": false, "a-": false, "a b": false, strings.Repeat("a", 64): false,
	} {
		if err := CheckCluster(name); (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := NewCA(name, year); (err == nil) != fine {
			t.Errorf("an authority for %q: %v", name, err)
		}
	}
}
