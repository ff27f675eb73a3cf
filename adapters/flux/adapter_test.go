package fluxadapter_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	fluxadapter "github.com/gstorm/gstorm/adapters/flux"
)

const topology = "name: ${name}\nconfig: {home: \"${ENV-PLACE}\"}\nspouts: [{id: s, className: FluxShellSpout, constructorArgs: [[cat], [x]]}]\n"

// put writes a file, with its folder, into the working directory.
func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, r adapters.Request) *gstorm.Topology {
	t.Helper()
	s, err := fluxadapter.Adapter{}.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Drive(t.Context(), nil), s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s.Topology()
}

func TestCommandsRunInTheResourcesDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"a/resources", "a/multilang/resources", "b/multilang/resources"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{
		"t.yaml": "", "./t.yaml": "", here + "/t.yaml": "", "a/t.yaml": "a/resources", here + "/a/t.yaml": "a/resources",
		"b/t.yaml": "b/multilang/resources", "c/t.yml": "c",
	} {
		put(t, file, topology)
		made := open(t, adapters.Request{File: file})
		if got := made.Components[0].Implementation.Dir; got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
		if filepath.IsAbs(made.File) {
			t.Errorf("%s is called %s, though it lies below the working directory", file, made.File)
		}
	}
	outside := filepath.Join(t.TempDir(), "t.yaml")
	put(t, outside, topology)
	if made := open(t, adapters.Request{File: outside}); made.File != outside || made.Components[0].Implementation.Dir != filepath.Dir(outside) {
		t.Errorf("%s runs in %s", made.File, made.Components[0].Implementation.Dir)
	}
}

func TestFilters(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("PLACE", "sea")
	put(t, "t.yaml", topology)
	put(t, "t.properties", "name=filtered\n")
	made := open(t, adapters.Request{File: "t.yaml", Filter: "t.properties", EnvFilter: true})
	if made.Name != "filtered" || made.Config["home"] != "sea" {
		t.Errorf("name %q, config %v", made.Name, made.Config)
	}
	if made = open(t, adapters.Request{File: "t.yaml"}); made.Config["home"] != "${ENV-PLACE}" {
		t.Errorf("the environment was read unasked: %v", made.Config)
	}
}

func TestRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "t.yaml", topology)
	put(t, "bad.properties", `a=\u1`)
	for want, r := range map[string]adapters.Request{
		"t.yaml: error: a YAML file takes no arguments":                                       {File: "t.yaml", Args: []string{"a"}},
		"t.yaml: error: a YAML file holds one topology, so there is no class Words to choose": {File: "t.yaml", Class: "Words"},
		"none.yaml: error: ":              {File: "none.yaml"},
		"none.properties: error: ":        {File: "t.yaml", Filter: "none.properties"},
		"bad.properties: error: line 1: ": {File: "t.yaml", Filter: "bad.properties"},
	} {
		_, err := fluxadapter.Adapter{}.Open(t.Context(), r)
		var problems gstorm.Problems
		if !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
