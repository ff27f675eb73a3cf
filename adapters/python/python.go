// Package python runs topologies that are written in Python: for its own library and for streamparse's, with any CPython
// from 3.9 on and no package. A streamparse project runs as it is.
package python

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os/exec"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// Adapter opens Python files. Its zero value is ready to use.
//
// Two environment variables change what it uses: GSTORM_PYTHON names the interpreter (else it is the one that find
// chooses), and GSTORM_PYTHON_LIB a directory that holds the library (else it is the one that is built into gstorm).
type Adapter struct {
	// Limit is how long a file may take to load; 0: adapters.DefaultLimit.
	Limit time.Duration
}

// Extensions are those of Python.
func (Adapter) Extensions() []string { return []string{".py"} }

// Open loads the file in a Python process. A Python that is missing or too old is the user's to mend, too. Which one was
// taken is a record of the request's logger, unless it is just the one on the PATH.
func (a Adapter) Open(ctx context.Context, r adapters.Request) (adapters.Session, error) {
	python := language()
	found, err := find(python, r.File, r.Env)
	if err != nil {
		return nil, err
	}
	if r.Logger != nil {
		level := slog.LevelInfo
		if found.why == onPath {
			level = slog.LevelDebug
		}
		r.Logger.Log(ctx, level, "Python is "+found.path+", "+found.why, "file", r.File)
	}
	return adapters.Interpreted{
		Library: Library(),
		Command: []string{found.path}, Program: found.path,
		Limit:   a.Limit,
		Explain: func(ctx context.Context) error { return python.TooOld(ctx, found.path) },
		Debug:   func(ctx context.Context, port int) ([]string, string, error) { return debugger(ctx, found.path, port) },
	}.Open(ctx, r)
}

func language() adapters.Interpreter {
	return adapters.Interpreter{
		Language: "Python", Programs: []string{"python3", "python"}, Variable: "GSTORM_PYTHON",
		Version: []string{"-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"}, Oldest: [2]int{3, 9},
		Package: "python3", Site: "https://www.python.org/downloads/",
	}
}

// debugger starts the interpreter at path with the package debugpy.
func debugger(ctx context.Context, path string, port int) (command []string, attach string, err error) {
	if out, err := exec.CommandContext(ctx, path, "-c", "import debugpy").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return nil, "", gstorm.Problems{{
			Severity: gstorm.Error, Message: "Python's debugger can't be loaded: " + lines[len(lines)-1], Hint: path + " -m pip install debugpy",
		}}
	}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	command = []string{path, "-Xfrozen_modules=off", "-m", "debugpy", "--listen", at, "--wait-for-client"}
	return command, "attach an editor's Python debugger (debugpy) to " + at, nil
}

// Library is what runs in Python's processes.
func Library() adapters.Library {
	files, err := fs.Sub(embedded, "lib")
	if err != nil {
		panic(err) // the name is wrong, which every test would show
	}
	return adapters.Library{Language: "Python", Files: files, Boot: "boot.py", Variable: "GSTORM_PYTHON_LIB"}
}
