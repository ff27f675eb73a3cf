// Package fluxadapter runs topologies that are written in YAML, as for Storm's Flux. No process describes such a file:
// package stream/flux reads it here.
//
// Shell components run in Storm's resources directory: the folder resources beside the YAML file, else multilang/resources
// beside it, else the file's own folder. A component with changeChildCWD false runs in gstorm's own working directory.
package fluxadapter

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/stream/flux"
)

// Adapter opens YAML files. Its zero value is ready to use.
type Adapter struct{}

// Extensions are those of YAML.
func (Adapter) Extensions() []string { return []string{".yaml", ".yml"} }

// Open reads the file, with the substitutions that r asks for.
func (Adapter) Open(_ context.Context, r adapters.Request) (adapters.Session, error) {
	if r.Class != "" {
		return nil, problem(r.File, fmt.Errorf("a YAML file holds one topology, so there is no class %s to choose", r.Class))
	}
	r.File = relative(r.File)
	loader := flux.Loader{Resources: resources(r.File)}
	if r.EnvFilter {
		loader.Environment = os.LookupEnv
	}
	if r.Filter != "" {
		text, err := os.ReadFile(r.Filter)
		if err != nil {
			return nil, problem(r.Filter, err)
		}
		if loader.Properties, err = flux.ParseProperties(string(text)); err != nil {
			return nil, problem(r.Filter, err)
		}
	}
	t, err := loader.Load(r.File)
	if err == nil {
		err = heed(r, t)
	}
	if err != nil {
		return nil, err
	}
	return session{t}, nil
}

// heed finds what of a request a YAML file can't heed: arguments are for the code of other files, if it has any, and there
// are no components but the topology's.
func heed(r adapters.Request, t *gstorm.Topology) error {
	ofFile := func(c gstorm.Component) bool { return c.Implementation.File != "" }
	if len(r.Args) > 0 && !slices.ContainsFunc(t.Components, ofFile) {
		return problem(r.File, fmt.Errorf("a YAML file takes no arguments, but %q; --filter and --set give it values", r.Args))
	}
	for _, name := range r.Components {
		if t.Component(name) == nil {
			return problem(r.File, fmt.Errorf("the topology has no component %q", name))
		}
	}
	return nil
}

func problem(file string, err error) error {
	return gstorm.Problems{{Severity: gstorm.Error, Message: err.Error(), At: gstorm.Position{File: file}}}
}

// relative names a file below the working directory from there, as positions do.
func relative(file string) string {
	dir, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	if below, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(below) {
		return below
	}
	return filepath.Clean(file)
}

// resources is the working directory of a file's shell components; "" where it is gstorm's own.
func resources(file string) string {
	dir := filepath.Dir(file)
	for _, name := range []string{"resources", filepath.Join("multilang", "resources")} {
		candidate := filepath.Join(dir, name)
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			return candidate
		}
	}
	if dir == "." {
		return ""
	}
	return dir
}

// session is a YAML file that was read. There is no process behind it and no code to run after submission.
type session struct{ topology *gstorm.Topology }

// Topology is what the file says.
func (s session) Topology() *gstorm.Topology { return s.topology }

// Launch has nothing to say: the only components of the file's own are those of unknown classes, and for each of them the
// topology's problems have an error already, so that it never runs.
func (session) Launch(*gstorm.Component) (adapters.Launch, error) { return adapters.Launch{}, nil }

// Drive returns at once.
func (session) Drive(context.Context, adapters.Control) error { return nil }

// Close does nothing.
func (session) Close() error { return nil }
