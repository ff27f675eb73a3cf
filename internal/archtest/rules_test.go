package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// imports reads what every package of the module imports, for any system, tests left out. It reads the files itself, since
// the go command would run the test again only if it knows which files the result depends on.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	const root = "../.."
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && file != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		from := path.Join(module, filepath.ToSlash(folder))
		all[from] = append(all[from], names(parsed)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names(file *ast.File) []string {
	var paths []string
	for _, spec := range file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, "`\""))
	}
	return paths
}

func TestImports(t *testing.T) {
	for from, all := range imports(t) {
		for _, to := range all {
			for _, r := range rules {
				if match(r.from, from) && match(r.to, to) {
					t.Errorf("%s imports %s: %s", from, to, r.why)
				}
			}
		}
	}
}

// TestRulesAreAboutSomething finds rules that were left behind when a package was renamed.
func TestRulesAreAboutSomething(t *testing.T) {
	all := imports(t)
	for _, r := range rules {
		if r.to == "" || r.why == "" {
			t.Errorf("the rule for %q is not complete", r.from)
		}
		found := false
		for from := range all {
			found = found || match(r.from, from)
		}
		if !found {
			t.Errorf("no package is meant by %q", r.from)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		patterns, path string
		want           bool
	}{
		{".", module, true},
		{".", module + "/host", false},
		{"host", module + "/host", true},
		{"host", module + "/host/acker", false},
		{"host", module + "/hostile", false},
		{"host/...", module + "/host", true},
		{"host/...", module + "/host/acker", true},
		{"host/...", module + "/hostile", false},
		{"...", module, true},
		{"...", module + "/host", true},
		{"...", "fmt", false},
		{"...", "github.com/gstorm/gstorm-other", false},
		{"... !host/...", module + "/host/acker", false},
		{"... !host/...", module + "/spec", true},
		{"!host/... ...", module + "/host", false},
		{"!host", module + "/spec", false},
		{"external", "golang.org/x/term", true},
		{"external", "encoding/json", false},
		{"external", module, false},
		{"external !golang.org/...", "golang.org/x/term", false},
		{"log", "log", true},
		{"log", "log/slog", false},
		{"github.com/urfave/cli/...", "github.com/urfave/cli/v2", true},
		{"github.com/urfave/cli/...", "github.com/urfave/client", false},
	}
	for _, test := range tests {
		if got := match(test.patterns, test.path); got != test.want {
			t.Errorf("%q matches %s: %v", test.patterns, test.path, got)
		}
	}
}
