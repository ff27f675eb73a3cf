package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/deploy"
	"github.com/gstorm/gstorm/cluster/settings"
)

// TestManifestsSayWhatAgentsUnderstand gives the arguments of rendered manifests to the real flags of an agent.
func TestManifestsSayWhatAgentsUnderstand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "words.yaml")
	if err := os.WriteFile(file, []byte("name: words\nagent: {slots: 8, tags: [a, b], log-format: json}\nhosts: [10.0.0.1, 10.0.0.2, 10.0.0.3]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runtime := strings.NewReplacer("$(POD_NAME)", "words-0", "$(POD_IP)", "10.0.0.1", "${node.unique.name}", "n1", "${NOMAD_IP_api}", "10.0.0.1", "${NOMAD_SECRETS_DIR}", "/secrets")
	argument := regexp.MustCompile(`(?m)^ +(?:- )?"(--[^"]*)",?$`)
	for _, words := range [][]string{{"k8s"}, {"nomad"}, {"nomad", "--driver", "docker"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"gstorm", "deploy", "render", "-f", file}, words...), nil, &out, &errs); code != exitInvalid {
			t.Errorf("flags before the kind: %d", code)
		}
		out.Reset()
		if code := run(t.Context(), append(append([]string{"gstorm", "deploy", "render"}, words...), "-f", file), nil, &out, &errs); code != exitDone {
			t.Fatalf("%v: %s", words, errs.String())
		}
		args := []string{"gstorm", "agent"}
		for _, found := range argument.FindAllStringSubmatch(out.String(), -1) {
			args = append(args, runtime.Replace(found[1]))
		}
		p := &program{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
		var s *settings.Settings
		app := p.app()
		for _, command := range app.Commands {
			if command.Name == "agent" {
				command.Action = func(c *cli.Context) (err error) { s, err = p.agentSettings(c); return err }
			}
		}
		if err := app.RunContext(t.Context(), args); err != nil || s == nil {
			t.Fatalf("%v: %v", args, err)
		}
		if s.Cluster != "words" || s.Expect != 3 || s.Slots != 8 || len(s.Tags) != 2 || !s.TLS() || s.GossipKey == "" || s.Tokens == "" || s.Bind != "10.0.0.1:7760" || s.Gossip != "10.0.0.1:7761" {
			t.Errorf("%v: %+v", args, s)
		}
	}
}

// TestTheFileOfTheDocs reads the cluster.yaml that docs/deploy.md shows.
func TestTheFileOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```\n").FindAllSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d files", len(blocks))
	}
	for _, block := range blocks {
		f, err := deploy.Read("cluster.yaml", block[1], nil, true)
		if err != nil {
			t.Fatalf("%v:\n%s", err, block[1])
		}
		if f.Security.Folder != "cluster.deploy" || len(f.Hosts) < 2 {
			t.Errorf("%+v", f)
		}
	}
}
