package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/cluster/identity"
	"github.com/gstorm/gstorm/cluster/settings"
)

// TestTheCommandsOfClusterSecurity does what docs/cluster-security.md says for the first machine: docs/agent.yaml must name
// what comes of it, and that must do for an agent.
func TestTheCommandsOfClusterSecurity(t *testing.T) {
	page, err := os.ReadFile("../../docs/cluster-security.md")
	if err != nil {
		t.Fatal(err)
	}
	sample, err := filepath.Abs("../../docs/agent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)\n```sh\n(.*?)\n```\n").FindSubmatch(page)
	if block == nil {
		t.Fatal("the page has no commands")
	}
	t.Chdir(t.TempDir())
	var token string
	for range 2 { // all but the last can be repeated
		for command := range strings.Lines(string(block[1])) {
			var out, err bytes.Buffer
			code := run(t.Context(), strings.Fields(command), nil, &out, &err)
			switch again := token != ""; {
			case strings.HasPrefix(command, "gstorm token"):
				if !again {
					token = strings.TrimSpace(out.String())
				}
			case strings.HasPrefix(command, "gstorm keygen") && again:
			case code != exitDone:
				t.Fatalf("%s%s", command, err.String())
			}
		}
	}
	s, err := settings.Load(settings.Sources{
		Flags: map[string][]string{"config": {sample}}, Getenv: func(string) string { return "" }, Hostname: "node1", Processors: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	here := func(path string) string {
		name, ok := strings.CutPrefix(path, "/etc/gstorm/")
		if !ok {
			t.Fatalf("the sample has %s elsewhere", path)
		}
		if strings.HasSuffix(name, ".pem") {
			name = filepath.Join("tls", "node1", name)
		}
		return name
	}
	log := slog.New(slog.DiscardHandler)
	if _, err := identity.LoadTLS(identity.Files{CA: here(s.CA), Cert: here(s.Cert), Key: here(s.Key), Name: s.PeerName}, log); err != nil {
		t.Error(err)
	}
	if _, err := identity.ReadKeys(here(s.GossipKey)); err != nil {
		t.Error(err)
	}
	tokens, err := identity.OpenTokens(here(s.Tokens), log)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := tokens.Check(token); err != nil || who != (identity.Identity{Name: "alice", Role: identity.Admin}) {
		t.Errorf("%v, %v", who, err)
	}
}
