// Package adapters turns a user's file into a topology and into the commands that run its tasks. There is one adapter per
// language, in a package of its own; what they share is here: starting the process that describes the file, talking to
// it, and ending it.
//
//	gstorm                          describing process (the file's own language)
//	  Open    --- argv, env ---->   loads the file
//	          <-- topology -----    or problems
//	  Drive   --- submitted ---->   goes on with what the file does after submission
//	          <-- shutdown, kill, activate, deactivate ---
//	          <-- done ---------
//	  Close   --- EOF ---------->   exits
//
// Nothing here knows a language. An adapter knows how an interpreter is found, where its library lies, and which argv
// describes a file and runs one of its components.
package adapters

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/child"
)

// Adapter opens the files of one language.
type Adapter interface {
	// Extensions are the endings of the files that it opens, each with its dot.
	Extensions() []string
	// Open loads the file of r in a new process and returns what it describes. ctx bounds Open alone. The error is a
	// gstorm.Problems where it is the user's to mend. Whoever gets a Session has to close it.
	Open(ctx context.Context, r Request) (Session, error)
}

// Recognizer is an Adapter that also opens what its ending does not tell.
type Recognizer interface {
	Adapter
	// Opens reports whether the adapter opens what is there.
	Opens(file string) bool
}

// Request says which topology is wanted, as the command line gave it.
type Request struct {
	File  string   // as the user wrote it, relative to the working directory
	Class string   // which of the file's topologies; "": the file's own choice
	Name  string   // overrides the topology's name; "": its own
	Env   string   // local, cluster or a name of the user's: what the file is told about where it will run; "": local
	Args  []string // the file's own arguments

	// SHA256 is the checksum, in hexadecimal digits, that the program has to have which File is; "": any. Other files can't
	// have one.
	SHA256 string

	// Components are the names of components that are to be described instead of the file's topology, each by its id in
	// it or, where the file has components outside of any topology, by its name there. The description has one component
	// for each, under that name.
	Components []string

	// What stands for ${key} in files that have such placeholders, which are those in YAML; other languages' adapters
	// leave it alone.
	Filter    string // a file in Java's .properties format; "": none
	EnvFilter bool   // whether ${ENV-NAME} is the environment variable NAME

	// Logger gets what the file writes to stderr while it is loaded and driven, a record a line, with file and
	// stream. nil: nobody.
	Logger *slog.Logger
	// Print gets what it writes to stdout, a line at a time, without the line break. It is called from one goroutine at
	// a time. nil: the lines go to Logger.
	Print func(line string)
}

// environment is Env with its default.
func (r Request) environment() string {
	if r.Env == "" {
		return "local"
	}
	return r.Env
}

// Session is an open file. Topology and Launch may be called from any goroutine until Close is.
type Session interface {
	// Topology is what the file describes. It has not been validated.
	Topology() *gstorm.Topology
	// Launch says how a task of c is started, where c's implementation is of the type file.
	Launch(c *gstorm.Component) (Launch, error)
	// Drive tells the file that its topology has been submitted, serves the calls that its code makes then, and returns
	// when that code has returned: nil, or a gstorm.Problems if it failed. Where there is no such code it returns nil at
	// once. When ctx ends it returns ctx's cause and leaves the code running until Close. It is called at most once.
	Drive(ctx context.Context, c Control) error
	// Close ends the describing process with all that it has started, waits for it, and removes what Open has put on
	// disk for this session alone, so no task may be started after it. A second Close does nothing.
	Close() error
}

// Debugged is a Session whose language has a debugger.
type Debugged interface {
	// LaunchDebugged is Launch for a task that waits, on a port of this machine, for a debugger before it does anything.
	// attach says to a user how one is attached. The error is a gstorm.Problems where something has to be installed.
	LaunchDebugged(ctx context.Context, c *gstorm.Component, port int) (launch Launch, attach string, err error)
}

// Launch is how a task of a component is started.
type Launch struct {
	Command []string                   // argv, executed as it is, by no shell
	Dir     string                     // working directory; "": gstorm's own
	Env     map[string]string          // on top of gstorm's own environment
	Inherit func(variable string) bool // which variables of gstorm's own environment it gets; nil: all
	Link    child.Link                 // how to speak with it; nil: over its stdin and stdout
	Packed  bool                       // it takes and gives packed values (multilang.FeaturePacked)
}

// Control is what the code that a file runs after submission can ask for. The methods are called one at a time; the file's
// code waits for each.
type Control interface {
	// Shutdown ends all that runs here (Storm's LocalCluster.shutdown). It need not wait for the end.
	Shutdown()
	// Kill stops a topology's spouts and ends it after wait; where wait is negative the file named none, and Storm
	// takes the topology's message timeout.
	Kill(topology string, wait time.Duration) error
	// Activate lets a topology's spouts emit.
	Activate(topology string) error
	// Deactivate stops a topology's spouts from emitting.
	Deactivate(topology string) error
}

// ForFile finds the adapter for a file by its ending, or by what is there. The error is a gstorm.Problems that lists the known
// endings.
func ForFile(file string, all []Adapter) (Adapter, error) {
	ending := filepath.Ext(file)
	var known []string
	for _, a := range all {
		if slices.Contains(a.Extensions(), ending) {
			return a, nil
		}
		known = append(known, a.Extensions()...)
	}
	for _, a := range all {
		if a, ok := a.(Recognizer); ok && a.Opens(file) {
			return a, nil
		}
	}
	what := fmt.Sprintf("files that end in %s are no topologies", ending)
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, problem(file, "this directory has no Go package in it", "")
	}
	if ending == "" {
		what = "the file name has no ending that says its language"
	}
	return nil, problem(file, what, "known endings: "+strings.Join(known, " "))
}

// problem is an error that concerns a file as a whole.
func problem(file, message, hint string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, Hint: hint, At: gstorm.Position{File: file}}}
}

// Rooted is an Adapter whose files may be part of something larger that has to come along to another machine.
type Rooted interface {
	Adapter
	// Root is the folder of all that belongs to a file: "" where that is the file's own.
	Root(file string) string
}

// Compiled is a Session whose file was made into a program: that is what runs on other machines, in the file's place.
type Compiled interface {
	Session
	// Program is the path of the program.
	Program() string
}

// Root is the folder of all that belongs to a file.
func Root(file string, all []Adapter) (string, error) {
	a, err := ForFile(file, all)
	if err != nil {
		return "", err
	}
	if r, ok := a.(Rooted); ok {
		if root := r.Root(file); root != "" {
			return root, nil
		}
	}
	return filepath.Dir(file), nil
}
