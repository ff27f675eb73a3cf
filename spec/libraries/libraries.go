// Package libraries finds the multilang libraries of others that tests run as they are. `scripts/setup libraries` fetches
// them; none of them is kept in this repository. Beside this file are the components that the conformance suite plays
// with, a folder for each library.
package libraries

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Library is one of them.
type Library struct {
	Name    string // also the name of the folders with components on it
	Version string

	folder string // where scripts/setup-libraries puts it, under the root
	beside string // the part of the folder that has to lie beside the components; "": none
	argv   func(folder, role string) []string
}

var all = []Library{
	{Name: "storm.py", Version: "2.8.1", folder: "python", beside: "storm.py", argv: func(_, role string) []string {
		return []string{"python3", "components.py", role}
	}},
	{Name: "storm.rb", Version: "2.8.1", folder: "ruby", beside: "storm.rb", argv: func(_, role string) []string {
		return []string{"ruby", "components.rb", role}
	}},
	{Name: "storm.js", Version: "2.8.1", folder: "javascript", beside: "storm.js", argv: func(_, role string) []string {
		return []string{"node", "components.js", role}
	}},
	{Name: "pystorm", Version: "3.1.4", folder: "venv", argv: func(folder, role string) []string {
		return []string{filepath.Join(folder, "bin", "python"), "components.py", role}
	}},
	// Storm hands over what follows the program as one argument.
	{Name: "streamparse", Version: "5.0.1", folder: "venv", argv: func(folder, role string) []string {
		return []string{filepath.Join(folder, "bin", "streamparse_run"), "-s json components." + role}
	}},
	{Name: "node-storm", Version: "0.0.1", folder: "node-storm", beside: "node_modules", argv: func(_, role string) []string {
		return []string{"node", "components.js", role}
	}},
}

// All returns the libraries, in the order of their columns in tables.
func All() []Library { return append([]Library(nil), all...) }

// Each runs a test with every library, in parallel.
func Each(t *testing.T, test func(t *testing.T, l Library)) {
	t.Helper()
	for _, l := range All() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			l.folder = Find(t, l.folder)
			versions, err := os.ReadFile(filepath.Join(l.folder, "versions"))
			if err != nil || !strings.Contains(string(versions), l.Version) {
				t.Fatalf("scripts/setup-libraries has fetched %s, not %s (%v)", versions, l.Version, err)
			}
			test(t, l)
		})
	}
}

// Find returns where scripts/setup-libraries has put a folder. Where it is not there the test is skipped; in CI it fails.
func Find(t *testing.T, folder string) string {
	t.Helper()
	root := os.Getenv("GSTORM_TEST_LIBRARIES")
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		root = filepath.Join(cache, "gstorm", "test-libraries")
	}
	found := filepath.Join(root, folder)
	if _, err := os.Stat(filepath.Join(found, "versions")); err != nil {
		Missing(t, fmt.Errorf("%w; scripts/setup-libraries fetches it", err))
	}
	return found
}

// Resources makes a folder as Storm does for a topology: a copy of the components and, beside them, the library. Commands
// run in it.
func (l Library) Resources(t *testing.T, components string) string {
	t.Helper()
	return Resources(t, components, l.folder, l.beside)
}

// Resources makes a folder of a copy of the components and a link to what has to lie beside them, which is in another
// folder; "": nothing has to.
func Resources(t *testing.T, components, folder, beside string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "resources")
	if err := os.CopyFS(dir, os.DirFS(components)); err != nil {
		t.Fatal(err)
	}
	if beside != "" {
		if err := os.Symlink(filepath.Join(folder, beside), filepath.Join(dir, beside)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Command starts the component with a role out of the components file of the library.
func (l Library) Command(role string) []string { return l.argv(l.folder, role) }
