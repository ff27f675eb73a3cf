package ruby

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
)

// The oldest Ruby that the library runs on.
const oldestMajor, oldestMinor = 3, 1

// versionLimit is how long a Ruby may take to tell its version.
const versionLimit = 5 * time.Second

// interpreter is the program that runs Ruby files: CRuby itself or a version manager's shim.
type interpreter string

// findInterpreter finds the Ruby to use; it does not start it. The error is a gstorm.Problems.
func findInterpreter() (interpreter, error) {
	name, looked := os.Getenv("GSTORM_RUBY"), ", which GSTORM_RUBY names"
	if name == "" {
		name, looked = "ruby", " on the PATH"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", rubyProblem(fmt.Sprintf("Ruby is not installed: there is no program %s%s", name, looked))
	}
	return interpreter(path), nil
}

// command is how the interpreter is started. RubyGems costs it 50 ms of a start of 70 ms, so it is left to the library to
// load it when a file asks for what is not there without it, except where RUBYOPT has the interpreter itself load things.
func (i interpreter) command() []string {
	if os.Getenv("RUBYOPT") != "" {
		return []string{string(i)}
	}
	return []string{string(i), "--disable-gems"}
}

// tooOld returns a gstorm.Problems if the interpreter is older than what the library can run on, or even be read by. It
// starts the interpreter once more, so it is for after a failure.
func (i interpreter) tooOld(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	version, err := exec.CommandContext(ctx, string(i), "-e", "print RUBY_VERSION").Output()
	if err != nil {
		return nil // then the failure tells more than this one
	}
	var major, minor int
	if n, _ := fmt.Sscanf(string(version), "%d.%d", &major, &minor); n < 2 {
		return nil
	}
	if major > oldestMajor || major == oldestMajor && minor >= oldestMinor {
		return nil
	}
	return rubyProblem(fmt.Sprintf("Ruby is too old: %s is version %s, gstorm needs %d.%d or later",
		i, strings.TrimSpace(string(version)), oldestMajor, oldestMinor))
}

func rubyProblem(message string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, Hint: howToInstall()}}
}

// installers are the commands that install Ruby, by the package manager that they need.
var installers = [...]struct{ manager, command string }{
	{"apt-get", "sudo apt-get install ruby"},
	{"dnf", "sudo dnf install ruby"},
	{"zypper", "sudo zypper install ruby"},
	{"pacman", "sudo pacman -S ruby"},
	{"apk", "sudo apk add ruby"},
	{"brew", "brew install ruby"},
}

// howToInstall is a hint for this machine.
func howToInstall() string {
	how := "see https://www.ruby-lang.org/en/documentation/installation/"
	for _, installer := range installers {
		if _, err := exec.LookPath(installer.manager); err == nil {
			how = "install it with: " + installer.command
			break
		}
	}
	return how + "; or set GSTORM_RUBY to another Ruby"
}
