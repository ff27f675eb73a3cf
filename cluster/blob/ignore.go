package blob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"github.com/gstorm/gstorm/cluster/dependencies"
)

// alwaysIgnored is what no topology needs.
var alwaysIgnored = []string{".git", ".hg", ".svn", ".DS_Store", "__pycache__/", "*.pyc", ".pytest_cache/", ".idea/", ".vscode/", "*.swp"}

// ignored is what does not belong into a bundle.
type ignored struct{ gitignore.Matcher }

// readIgnored reads what a folder says of that. steps are what the files that do belong into it ask for: what is installed by
// them is left out, since each machine installs its own.
func readIgnored(folder string) (i *ignored, steps []dependencies.Step, err error) {
	text, err := os.ReadFile(filepath.Join(folder, IgnoreFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	named := strings.Split(string(text), "\n")
	steps, err = dependencies.FindWithout(folder, "", ignoring(alwaysIgnored, named).has)
	if err != nil {
		return nil, nil, err
	}
	var installed []string
	for _, step := range steps {
		for _, name := range step.Installs {
			installed = append(installed, "/"+name+"/")
		}
	}
	return ignoring(alwaysIgnored, installed, named), steps, nil // what is named comes last: it may take back what is above
}

// ignoring takes lines in the syntax of .gitignore.
func ignoring(lists ...[]string) *ignored {
	var patterns []gitignore.Pattern
	for _, line := range slices.Concat(lists...) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, gitignore.ParsePattern(line, nil))
		}
	}
	return &ignored{gitignore.NewMatcher(patterns)}
}

// has reports whether a file or folder, by its path with slashes, is left out.
func (i *ignored) has(name string, folder bool) bool {
	return i.Match(strings.Split(name, "/"), folder)
}
