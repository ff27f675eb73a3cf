package adapters

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
)

// versionLimit is how long an interpreter may take to tell its version.
const versionLimit = 5 * time.Second

// Interpreter is what a language's files are run by, and how it is found.
type Interpreter struct {
	// Language is its name for people.
	Language string
	// Programs are the names under which it is looked for on the PATH; the first one that is there is taken.
	Programs []string
	// Variable is the environment variable that names another one, by name or path.
	Variable string
	// Version are the arguments that make it print its version: major, minor and more, with dots between them.
	Version []string
	// Oldest are the major and minor version that the library needs at least.
	Oldest [2]int
	// Package is what system package managers call it. Site says how to install it elsewhere.
	Package, Site string
}

// Find returns the path of the interpreter; it does not start it. The error is a gstorm.Problems.
func (i Interpreter) Find() (string, error) {
	if name := os.Getenv(i.Variable); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", i.problem(fmt.Sprintf("%s is not installed: there is no program %s, which %s names", i.Language, name, i.Variable))
		}
		return path, nil
	}
	for _, name := range i.Programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", i.problem(fmt.Sprintf("%s is not installed: there is no program %s on the PATH", i.Language, strings.Join(i.Programs, " or ")))
}

// TooOld returns a gstorm.Problems if the interpreter at path is older than what the library can run on, or even be read
// by. It starts the interpreter once more, so it is for after a failure.
func (i Interpreter) TooOld(ctx context.Context, path string) error {
	text, version, ok := i.Ask(ctx, path)
	if !ok || !older(version, i.Oldest) {
		return nil // if it does not tell, the failure tells more than this one
	}
	return i.problem(fmt.Sprintf("%s is too old: %s is version %s, gstorm needs %d.%d or later",
		i.Language, path, text, i.Oldest[0], i.Oldest[1]))
}

// Ask starts the interpreter at path and returns its version as it tells it, and its major and minor version; false: it
// does not tell.
func (i Interpreter) Ask(ctx context.Context, path string) (text string, version [2]int, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	told, err := exec.CommandContext(ctx, path, i.Version...).Output()
	if err != nil {
		return "", version, false
	}
	n, _ := fmt.Sscanf(string(told), "%d.%d", &version[0], &version[1])
	return strings.TrimSpace(string(told)), version, n == 2
}

func older(version, than [2]int) bool { return slices.Compare(version[:], than[:]) < 0 }

func (i Interpreter) problem(message string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, Hint: i.howToInstall()}}
}

// installers are the commands that install a package, by the package manager that they need.
var installers = [...]struct{ manager, command string }{
	{"apt-get", "sudo apt-get install"},
	{"dnf", "sudo dnf install"},
	{"zypper", "sudo zypper install"},
	{"pacman", "sudo pacman -S"},
	{"apk", "sudo apk add"},
	{"brew", "brew install"},
}

// howToInstall is a hint for this machine.
func (i Interpreter) howToInstall() string {
	how := "see " + i.Site
	for _, installer := range installers {
		if _, err := exec.LookPath(installer.manager); err == nil {
			how = "install it with: " + installer.command + " " + i.Package
			break
		}
	}
	return fmt.Sprintf("%s; or set %s to another %s", how, i.Variable, i.Language)
}
