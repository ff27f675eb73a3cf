package dependencies

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/gstorm/gstorm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write writes files, by their names, into a folder. What begins with "-> " is a link.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(content, "-> "); link {
			err = os.Symlink(target, file)
		} else {
			err = os.WriteFile(file, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// described are steps in words: the lock file, the tool, what it makes.
func described(steps []Step) []string {
	var words []string
	for _, s := range steps {
		words = append(words, strings.Join(append([]string{s.Lock, s.kind.tool}, s.Installs...), " "))
	}
	return words
}

func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		files, file string
		want        []string
	}{
		"nothing": {"a.rb", "a.rb", nil},
		"one of each language": {
			"Gemfile Gemfile.lock requirements.txt package.json package-lock.json", "a.rb",
			[]string{"Gemfile.lock bundler vendor/bundle .bundle", "requirements.txt pip .venv", "package-lock.json npm node_modules"},
		},
		"a lock file without what it locks": {"Gemfile.lock uv.lock poetry.lock package-lock.json yarn.lock", "a.rb", nil},
		"what is not locked":                {"Gemfile package.json pyproject.toml", "a.rb", nil},
		"other tools for Python": {
			"pyproject.toml uv.lock t/pyproject.toml t/poetry.lock", "t/a.py",
			[]string{"uv.lock uv .venv", "t/poetry.lock poetry t/.venv"},
		},
		"what pip reads wins": {"requirements.txt pyproject.toml uv.lock poetry.lock Pipfile.lock", "a.py", []string{"requirements.txt pip .venv"}},
		"a shrinkwrap wins":   {"package.json package-lock.json npm-shrinkwrap.json", "", []string{"npm-shrinkwrap.json npm node_modules"}},
		"the root and the folder of the file, and no other": {
			"requirements.txt topologies/requirements.txt topologies/deep/requirements.txt other/requirements.txt", "topologies/./a.py",
			[]string{"requirements.txt pip .venv", "topologies/requirements.txt pip topologies/.venv"},
		},
		"tools that nothing here knows": {
			"package.json yarn.lock Pipfile.lock t/package.json t/pnpm-lock.yaml", "t/a.js", []string{"Pipfile.lock ", "yarn.lock ", "t/pnpm-lock.yaml "},
		},
		"what has come with the bundle": {"package.json yarn.lock node_modules/a/index.js", "a.js", nil},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			files := map[string]string{}
			for _, f := range strings.Fields(c.files) {
				files[f] = ""
			}
			write(t, folder, files)
			steps, err := Find(folder, c.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, described(steps)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOnlyFilesOfTheBundleCount: lock files that are somewhere else are refused, links within the bundle are not.
func TestOnlyFilesOfTheBundleCount(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, map[string]string{"requirements.txt": ""})
	for name, c := range map[string]struct{ link, want string }{
		"a link out":       {"-> " + filepath.Join(outside, "requirements.txt"), "requirements.txt: error: it is no file of the bundle"},
		"a link up":        {"-> ../../etc/passwd", "requirements.txt: error: it is no file of the bundle"},
		"a link to itself": {"-> requirements.txt", "requirements.txt: error: it is no file of the bundle"},
		"a folder":         {"-> .", "requirements.txt: error: it is no file of the bundle"},
		"a link within":    {"-> locked/all.txt", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, map[string]string{"requirements.txt": c.link, "locked/all.txt": ""})
			steps, err := Find(folder, "a.py")
			var problems gstorm.Problems
			if c.want == "" && (err != nil || len(steps) != 1) || c.want != "" && (!errors.As(err, &problems) || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("got %v, %v, want %q", steps, err, c.want)
			}
		})
	}
	folder := t.TempDir()
	write(t, folder, map[string]string{"in": "-> " + outside})
	for _, file := range []string{"in/a.py", "../a.py", filepath.Join(outside, "a.py")} {
		if steps, err := Find(folder, file); err == nil {
			t.Errorf("%s: got %v", file, steps)
		}
	}
}

func TestEnvironment(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{
		"Gemfile": "", "Gemfile.lock": "", "requirements.txt": "", "package.json": "", "package-lock.json": "", "t/requirements.txt": "",
	})
	at := func(name string) string { return filepath.Join(folder, name) }
	for file, want := range map[string][]string{
		"a.py":   {"GSTORM_PYTHON=" + at(".venv/bin/python"), "BUNDLE_GEMFILE=" + at("Gemfile"), "BUNDLE_APP_CONFIG=" + at(".bundle")},
		"t/a.py": {"GSTORM_PYTHON=" + at("t/.venv/bin/python"), "BUNDLE_GEMFILE=" + at("Gemfile"), "BUNDLE_APP_CONFIG=" + at(".bundle")},
	} {
		got, err := Environment(folder, file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}
