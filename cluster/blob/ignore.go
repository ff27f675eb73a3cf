package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// alwaysIgnored is what no topology needs.
var alwaysIgnored = []string{".git", ".hg", ".svn", ".DS_Store", "__pycache__/", "*.pyc", ".pytest_cache/", ".idea/", ".vscode/", "*.swp"}

// installed are folders of dependencies, by the lock files that say how to make them: each machine installs its own.
var installed = []struct {
	locks   []string
	folders []string
}{
	{[]string{"Gemfile.lock"}, []string{"/vendor/bundle/", "/.bundle/"}},
	{[]string{"requirements.txt", "poetry.lock", "uv.lock", "Pipfile.lock"}, []string{"/venv/", "/.venv/"}},
	{[]string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"}, []string{"/node_modules/"}},
}

// ignored is what does not belong into a bundle.
type ignored struct{ gitignore.Matcher }

func readIgnored(folder string) (*ignored, error) {
	var patterns []gitignore.Pattern
	add := func(lines ...string) {
		for _, line := range lines {
			if line = strings.TrimRight(line, " \t\r\n"); line != "" && !strings.HasPrefix(line, "#") {
				patterns = append(patterns, gitignore.ParsePattern(line, nil))
			}
		}
	}
	add(alwaysIgnored...)
	for _, each := range installed {
		for _, lock := range each.locks {
			if _, err := os.Stat(filepath.Join(folder, lock)); err == nil {
				add(each.folders...)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, IgnoreFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	add(strings.Split(string(text), "\n")...) // last: it may take back what is above
	return &ignored{gitignore.NewMatcher(patterns)}, nil
}

// has reports whether a file or folder, by its path with slashes, is left out.
func (i *ignored) has(name string, folder bool) bool {
	return i.Match(strings.Split(name, "/"), folder)
}
