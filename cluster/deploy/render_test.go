package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const rendering = "name: words\nagent: {slots: 8, log-format: json}\nhosts: [10.0.0.1, 10.0.0.2, 10.0.0.3]\n"

// TestManifests compares them with testdata; UPDATE_GOLDEN=1 writes that anew.
func TestManifests(t *testing.T) {
	f := read(t, rendering)
	m := Manifest{Image: "gstorm:1", Namespace: "storm", Storage: "10Gi"}
	kubernetes, err := f.Kubernetes(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Driver = "raw_exec"
	raw, err := f.Nomad(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Driver = "docker"
	docker, err := f.Nomad(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"kubernetes.yaml": kubernetes, "nomad-raw_exec.hcl": raw, "nomad-docker.hcl": docker} {
		path := filepath.Join("testdata", name)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// documents are the parts of a manifest for Kubernetes, by kind.
func documents(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for part := range strings.SplitSeq(text, "\n---\n") {
		var d map[string]any
		if err := yaml.Unmarshal([]byte(part), &d); err != nil {
			t.Fatalf("%v:\n%s", err, part)
		}
		all[d["kind"].(string)] = d
	}
	return all
}

// at is a value within others.
func at(t *testing.T, v any, keys ...any) any {
	t.Helper()
	for _, key := range keys {
		switch k := key.(type) {
		case string:
			v = v.(map[string]any)[k]
		case int:
			v = v.([]any)[k]
		}
		if v == nil {
			t.Fatalf("there is no %v of %v", key, keys)
		}
	}
	return v
}

// TestTheManifestHoldsTogether: parts of a manifest find each other by names and labels, and pods find their keys.
func TestTheManifestHoldsTogether(t *testing.T) {
	f := read(t, rendering)
	f.Security.Folder = filepath.Join(t.TempDir(), "keys")
	v, err := f.OpenVault()
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Kubernetes(Manifest{Image: "gstorm:1", Namespace: "storm", Storage: "10Gi", Secrets: true}, v)
	if err != nil {
		t.Fatal(err)
	}
	all := documents(t, text)
	set, service, secret, budget := all["StatefulSet"], all["Service"], all["Secret"], all["PodDisruptionBudget"]
	if len(all) != 4 || at(t, set, "spec", "serviceName") != at(t, service, "metadata", "name") {
		t.Errorf("%d parts", len(all))
	}
	labels := at(t, set, "spec", "template", "metadata", "labels")
	for what, selector := range map[string]any{
		"set": at(t, set, "spec", "selector", "matchLabels"), "service": at(t, service, "spec", "selector"), "budget": at(t, budget, "spec", "selector", "matchLabels"),
	} {
		if !cmp.Equal(selector, labels) {
			t.Errorf("%s selects %v, pods have %v", what, selector, labels)
		}
	}
	pod := at(t, set, "spec", "template", "spec")
	if at(t, pod, "volumes", 0, "secret", "secretName") != at(t, secret, "metadata", "name") || at(t, pod, "containers", 0, "volumeMounts", 0, "name") != at(t, set, "spec", "volumeClaimTemplates", 0, "metadata", "name") {
		t.Error("the pods do not find their volumes")
	}
	for _, arg := range at(t, pod, "containers", 0, "args").([]any) {
		if name, ok := strings.CutPrefix(arg.(string)[strings.Index(arg.(string), "=")+1:], containerConfig+"/"); ok {
			at(t, secret, "data", name)
		}
	}
	if _, err := os.Stat(v.path("hosts", "kubernetes", keyFile)); err != nil {
		t.Error(err)
	}
}

// TestWhatCantBeRendered is refused with a way out.
func TestWhatCantBeRendered(t *testing.T) {
	none, err := Read("words.yaml", []byte("voters: 5\n"), resolver, false)
	if err != nil {
		t.Fatal(err)
	}
	m := Manifest{Image: "x", Namespace: "default", Storage: "1Gi", Driver: "docker"}
	if text, err := none.Kubernetes(m, nil); err != nil || !strings.Contains(text, "replicas: 5\n") {
		t.Errorf("without hosts: %v", err)
	}
	if _, err := none.Nomad(m, nil); err == nil || !strings.Contains(err.Error(), "words.yaml lists no hosts") {
		t.Errorf("%v", err)
	}
	m.Replicas = 2
	if _, err := none.Kubernetes(m, nil); err == nil || !strings.Contains(err.Error(), "2 agents can't begin a cluster in which 5 vote") {
		t.Errorf("%v", err)
	}
	m.Replicas = 1
	if text, err := none.Kubernetes(m, nil); err != nil || !strings.Contains(text, "--bootstrap=true") {
		t.Errorf("%v", err)
	}
	open := read(t, "agent: {insecure: true}\nsecurity: {tls: false, gossip-key: false, tokens: false}\nhosts: [10.0.0.1]\n")
	if text, err := open.Kubernetes(m, nil); err != nil || strings.Contains(text, "Secret") || strings.Contains(text, "keys") {
		t.Errorf("%v:\n%s", err, text)
	}
}
