// Package goplugin runs topologies and components that are written in Go as processes of their own: a file with a main that
// calls plugin.Main, a directory with such a package, or the program that was built of one. gstorm builds what has to be
// built, and speaks with the processes through hashicorp/go-plugin: one stream of gRPC over a Unix socket for each task.
package goplugin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// Adapter opens Go files, package directories and programs.
type Adapter struct {
	// Limit is how long a program may take to describe itself, once it is built. 0: adapters.DefaultLimit.
	Limit time.Duration
}

// Extensions implements adapters.Adapter.
func (Adapter) Extensions() []string { return []string{".go"} }

// Opens implements adapters.Recognizer: a directory that has Go files, or a program.
func (Adapter) Opens(file string) bool {
	info, err := os.Stat(file)
	if err != nil {
		return false
	}
	if info.IsDir() {
		found, err := filepath.Glob(filepath.Join(file, "*.go"))
		return err == nil && len(found) > 0
	}
	return filepath.Ext(file) != ".go" && info.Mode()&0o111 != 0 && isProgram(file)
}

// Open builds the program, if it is none yet, and has it describe itself.
func (a Adapter) Open(ctx context.Context, r adapters.Request) (adapters.Session, error) {
	program, err := programOf(ctx, r)
	if err != nil {
		return nil, err
	}
	s := &session{request: r, program: program}
	s.Description, err = adapters.Describer{
		Command: s.command(),
		Env:     s.environment("describe"),
		Limit:   a.Limit,
		Advice:  "its main has to call plugin.Main; ",
		Checked: true,
	}.Describe(ctx, r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// session is an open program.
type session struct {
	*adapters.Description
	request adapters.Request
	program string
}

// Launch starts a task as another process of the program.
func (s *session) Launch(c *gstorm.Component) (adapters.Launch, error) {
	env := s.environment("task")
	env["GSTORM_COMPONENT"] = c.ID
	return adapters.Launch{
		Command: s.command(), Env: env, Packed: true, Link: link,
		Inherit: func(variable string) bool {
			return inherited(variable, s.Topology().Config, c.Config)
		},
	}, nil
}

func (s *session) command() []string { return append([]string{s.program}, s.request.Args...) }

func (s *session) environment(role string) map[string]string {
	env := map[string]string{
		"GSTORM_ROLE": role, "GSTORM_FILE": s.request.File, "GSTORM_CLASS": s.request.Class, "GSTORM_ENV": s.request.Env,
	}
	if s.request.Components != nil {
		env["GSTORM_COMPONENTS"] = strings.Join(s.request.Components, "\n")
	}
	return env
}

// Program implements adapters.Compiled.
func (s *session) Program() string { return s.program }
