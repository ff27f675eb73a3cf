package adapters

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gstorm/gstorm"
)

// successors are programs that newer systems have under another name only.
var successors = map[string]string{"python": "python3", "nodejs": "node"}

// ShellLaunch says how a task of a component of the type shell is started, whichever language its topology is in. It
// looks for the directory and the program, so that what is missing is told before any task starts; the error is a
// gstorm.Problems. Where only the successor of an old interpreter is installed (python3 for python), it is taken, with a
// line in log (nil: nowhere).
func ShellLaunch(c *gstorm.Component, log *slog.Logger) (Launch, error) {
	command, dir := c.Implementation.Command, c.Implementation.Dir
	if len(command) == 0 {
		return Launch{}, shellProblem(c, "its command is empty")
	}
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return Launch{}, shellProblem(c, fmt.Sprintf("there is no directory %s, in which its command is to run", dir))
		}
	}
	program, err := findProgram(command[0], dir)
	if newer := successors[command[0]]; err != nil && newer != "" {
		if _, missing := findProgram(newer, dir); missing == nil {
			if log != nil {
				log.Info(fmt.Sprintf("%s is not installed, using %s", command[0], newer), "component", c.ID)
			}
			program, err = newer, nil
		}
	}
	if err != nil {
		return Launch{}, shellProblem(c, fmt.Sprintf("its command %q: %v", strings.Join(command, " "), err))
	}
	return Launch{Command: append([]string{program}, command[1:]...), Dir: dir, Env: c.Implementation.Env}, nil
}

// findProgram returns name as it is if it can be executed in dir, where that is left to the system.
func findProgram(name, dir string) (string, error) {
	if !strings.Contains(name, "/") {
		if _, err := exec.LookPath(name); err != nil && !errors.Is(err, exec.ErrDot) {
			return "", fmt.Errorf("there is no program %s on the PATH", name)
		}
		return name, nil
	}
	file := name
	if !filepath.IsAbs(name) {
		file = filepath.Join(dir, name)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s", file)
	case err != nil:
		return "", err
	case info.IsDir() || info.Mode()&0o111 == 0:
		return "", fmt.Errorf("%s can't be executed (chmod +x %s?)", file, file)
	}
	return name, nil
}

func shellProblem(c *gstorm.Component, message string) gstorm.Problems {
	return gstorm.Problems{{
		Severity: gstorm.Error, Message: fmt.Sprintf("%s %q: %s", c.Kind, c.ID, message), At: c.At,
	}}
}
