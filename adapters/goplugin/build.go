package goplugin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// stillBuilding is after how long a build is worth a log line.
const stillBuilding = time.Second

// build builds a file, or the package in a directory, and returns where the program is. Go itself knows by content what has
// to be built anew; the place is the same each time, as that saves the linking where nothing has changed.
func build(ctx context.Context, r adapters.Request, directory bool) (string, error) {
	tool, err := compiler().Find()
	if err != nil {
		return "", err
	}
	dir, target := r.File, "."
	if !directory {
		dir, target = filepath.Dir(r.File), filepath.Base(r.File)
	}
	program, err := placeFor(r.File)
	if err != nil {
		return "", err
	}
	if r.Logger != nil {
		notice := time.AfterFunc(stillBuilding, func() {
			r.Logger.Info("building "+r.File+"; the first time takes longest", slog.String("file", r.File))
		})
		defer notice.Stop()
	}
	command := exec.CommandContext(ctx, tool, "build", "-buildvcs=false", "-o", program, target)
	command.Dir = dir
	// Without a go.mod around the file, what it imports can't be found: Go's own message is better in module mode.
	command.Env = append(os.Environ(), "GO111MODULE=on")
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", buildProblems(r.File, dir, said.String(), err)
	}
	return program, nil
}

func compiler() adapters.Interpreter {
	return adapters.Interpreter{
		Language: "Go", Programs: []string{"go"}, Variable: "GSTORM_GO", Version: []string{"env", "GOVERSION"},
		Package: "golang", Site: "https://go.dev/doc/install",
	}
}

// placeFor is where the program of a file is built.
func placeFor(file string) (string, error) {
	whole, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	name := sha256.Sum256([]byte(whole))
	dir := filepath.Join(cache, fmt.Sprintf("%x", name[:8]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make a directory for %s: %w", file, err)
	}
	return filepath.Join(dir, programName(file)), nil
}

// complaint is a line of what the compiler says: file, line, column, message.
var complaint = regexp.MustCompile(`^(\S.*\.go):(\d+)(?::\d+)?: (.*)$`)

// buildProblems are what the compiler says, each where it is.
func buildProblems(file, dir, said string, err error) gstorm.Problems {
	var problems gstorm.Problems
	var other []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		found := complaint.FindStringSubmatch(line)
		switch {
		case found != nil:
			at := gstorm.Position{File: found[1]}
			if !filepath.IsAbs(at.File) {
				at.File = filepath.Join(dir, at.File)
			}
			at.Line, _ = strconv.Atoi(found[2]) // digits
			p := gstorm.Problem{Severity: gstorm.Error, Message: found[3], At: at, Hint: buildHint(found[3])}
			if len(problems) > 0 && p.Hint == problems[len(problems)-1].Hint {
				p.Hint = "" // once is enough
			}
			problems = append(problems, p)
		case strings.HasPrefix(line, "\t") && len(problems) > 0:
			problems[len(problems)-1].Message += "\n" + line
		case line != "" && !strings.HasPrefix(line, "#"):
			other = append(other, line)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	text := strings.Join(other, "\n")
	if text == "" {
		text = err.Error()
	}
	return problem(file, "it can't be built: "+text, buildHint(text))
}

// buildHint is what to do about what the compiler says, where that is known.
func buildHint(text string) string {
	switch {
	case strings.Contains(text, "no required module provides package "+module), strings.Contains(text, "cannot find module providing package "+module),
		strings.Contains(text, "go.mod file not found"), strings.Contains(text, "cannot find main module"):
		return "it has to be in a module that requires gstorm: go mod init NAME && go get " + module
	case strings.Contains(text, "missing go.sum entry"):
		return "go mod tidy"
	}
	return ""
}
