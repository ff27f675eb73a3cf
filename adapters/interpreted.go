package adapters

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
)

// roleVariable tells the user's file what it is loaded for: describe or task.
const roleVariable = "GSTORM_ROLE"

// Interpreted opens files whose language has an interpreter and a Library. The library's boot file is given a role and
// the file, with the options of Request:
//
//	INTERPRETER BOOT describe FILE [--component NAME]... [OPTIONS] -- ARGUMENTS
//	INTERPRETER BOOT task     FILE  --component NAME     [OPTIONS] -- ARGUMENTS
//
// OPTIONS are --class, --env and --name. A NAME is the id of a component of the file's topology, else the name of a
// component that the file has outside of any topology.
type Interpreted struct {
	// Library is what runs in the interpreter.
	Library Library
	// Command is how the interpreter is started. Program is the interpreter among its words, and among those of Debug.
	Command []string
	Program string
	// Switches are further words for the interpreter, behind Command, of a task with a configuration; nil: none.
	Switches func(gstorm.Config) []string
	// Env is added to gstorm's own environment, for all processes.
	Env map[string]string
	// Limit and Explain are those of a Describer.
	Limit   time.Duration
	Explain func(ctx context.Context) error
	// Debug is how the interpreter is started instead of by Command so that it waits, on that port of this machine, for a
	// debugger before it runs the file it is given, and what to tell the user about attaching one. Its error, a
	// gstorm.Problems, says what to install.
	Debug func(ctx context.Context, port int) (command []string, attach string, err error)
}

// Open loads the file in a process that describes it.
func (i Interpreted) Open(ctx context.Context, r Request) (Session, error) {
	library, err := i.Library.Open()
	if err != nil {
		return nil, err
	}
	s := &interpretedSession{interpreted: i, request: r, library: library}
	var options []string
	for _, name := range r.Components {
		options = append(options, "--component", name)
	}
	s.Description, err = Describer{
		Command: s.command("describe", options...),
		Env:     s.environment("describe"),
		Limit:   i.Limit,
		Explain: i.Explain,
	}.Describe(ctx, r)
	if err != nil {
		library.Close()
		return nil, err
	}
	return s, nil
}

// interpretedSession is an open file.
type interpretedSession struct {
	*Description
	interpreted Interpreted
	request     Request
	library     LibraryCopy
}

// Launch starts a task by loading the same file again, with the same arguments and in the same working directory, so
// that all it requires is found again.
func (s *interpretedSession) Launch(c *gstorm.Component) (Launch, error) {
	command := s.interpreted.Command
	if switches := s.interpreted.Switches; switches != nil {
		command = append(slices.Clone(command), switches(s.Topology().Config.Merge(c.Config))...)
	}
	return Launch{Command: s.direct(s.commandBy(command, "task", "--component", c.ID)), Env: s.environment("task")}, nil
}

// LaunchDebugged starts a task under the debugger of its language.
func (s *interpretedSession) LaunchDebugged(ctx context.Context, c *gstorm.Component, port int) (Launch, string, error) {
	command, attach, err := s.interpreted.Debug(ctx, port)
	if err != nil {
		return Launch{}, "", err
	}
	launch := Launch{
		Command: s.direct(s.commandBy(command, "task", "--component", c.ID)), Env: s.environment("task"),
	}
	return launch, attach, nil
}

// Close ends the describing process and removes a library that only this session has.
func (s *interpretedSession) Close() error {
	err := s.Description.Close()
	s.library.Close()
	return err
}

// command is the argv that loads the file in a role.
func (s *interpretedSession) command(role string, options ...string) []string {
	return s.commandBy(s.interpreted.Command, role, options...)
}

// commandBy is the same with the interpreter started in another way.
func (s *interpretedSession) commandBy(interpreter []string, role string, options ...string) []string {
	argv := append(slices.Clone(interpreter), s.library.Boot(), role, s.request.File)
	for _, option := range [][2]string{{"--class", s.request.Class}, {"--env", s.request.Env}, {"--name", s.request.Name}} {
		if option[1] != "" {
			argv = append(argv, option[0], option[1])
		}
	}
	argv = append(argv, options...)
	return append(append(argv, "--"), s.request.Args...)
}

// shims is what version managers (pyenv, rbenv, asdf, ...) call the folder of the scripts that look up which version of an
// interpreter is meant.
const shims = "shims"

// direct replaces such a script by what it has led to: it takes longer than the interpreter's own start.
func (s *interpretedSession) direct(argv []string) []string {
	found := s.interpreted.Program
	if s.Description.program == "" || filepath.Base(filepath.Dir(found)) != shims {
		return argv
	}
	if at := slices.Index(argv, found); at >= 0 {
		argv[at] = s.Description.program
	}
	return argv
}

func (s *interpretedSession) environment(role string) map[string]string {
	env := map[string]string{roleVariable: role}
	for name, value := range s.interpreted.Env {
		env[name] = value
	}
	return env
}
