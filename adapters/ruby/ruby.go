// Package ruby runs topologies that are written in Ruby: for its own library and for RedStorm's, with any CRuby from
// 3.1 on and no gem.
package ruby

import (
	"context"
	"time"

	"github.com/gstorm/gstorm/adapters"
)

// Adapter opens Ruby files. Its zero value is ready to use.
//
// Two environment variables change what it uses: GSTORM_RUBY names the interpreter (else it is the ruby on the PATH), and
// GSTORM_RUBY_LIB a directory that holds the library (else it is the one that is built into gstorm).
type Adapter struct {
	// Limit is how long a file may take to load; 0: adapters.DefaultLimit.
	Limit time.Duration
}

// Extensions are those of Ruby.
func (Adapter) Extensions() []string { return []string{".rb"} }

// Open loads the file in a Ruby process. A Ruby that is missing or too old is the user's to mend, too.
func (a Adapter) Open(ctx context.Context, r adapters.Request) (adapters.Session, error) {
	interpreter, err := findInterpreter()
	if err != nil {
		return nil, err
	}
	library, err := openLibrary()
	if err != nil {
		return nil, err
	}
	s := &session{request: r, interpreter: interpreter, library: library}
	s.Description, err = adapters.Describer{
		Command: s.command("describe"),
		Env:     map[string]string{roleVariable: "describe"},
		Limit:   a.Limit,
		Explain: interpreter.tooOld,
	}.Describe(ctx, r)
	if err != nil {
		library.close()
		return nil, err
	}
	return s, nil
}
