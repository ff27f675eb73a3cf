// Package ruby runs topologies that are written in Ruby: for its own library and for RedStorm's, with any CRuby from
// 3.1 on and no gem.
package ruby

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
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
	ruby := interpreter()
	path, err := ruby.Find()
	if err != nil {
		return nil, err
	}
	return adapters.Interpreted{
		Library: Library(),
		Command: command(path), Program: path, Switches: yjit{ruby, path}.switches,
		Limit:   a.Limit,
		Explain: func(ctx context.Context) error { return ruby.TooOld(ctx, path) },
		Debug:   func(ctx context.Context, port int) ([]string, string, error) { return debugger(ctx, path, port) },
	}.Open(ctx, r)
}

func interpreter() adapters.Interpreter {
	return adapters.Interpreter{
		Language: "Ruby", Programs: []string{"ruby"}, Variable: "GSTORM_RUBY",
		Version: []string{"-e", "print RUBY_VERSION"}, Oldest: [2]int{3, 1},
		Package: "ruby", Site: "https://www.ruby-lang.org/en/documentation/installation/",
	}
}

// command is how the interpreter is started. RubyGems costs it 50 ms of a start of 70 ms, so it is left to the library to
// load it when a file asks for what is not there without it, except where RUBYOPT has the interpreter itself load things.
func command(path string) []string {
	if os.Getenv("RUBYOPT") != "" {
		return []string{path}
	}
	return []string{path, "--disable-gems"}
}

// debugger starts the interpreter at path with the gem debug, which comes with Ruby but not in every package of it.
func debugger(ctx context.Context, path string, port int) (command []string, attach string, err error) {
	if out, err := exec.CommandContext(ctx, path, "-e", `require "debug/version"`).CombinedOutput(); err != nil {
		return nil, "", gstorm.Problems{{
			Severity: gstorm.Error, Message: "Ruby's debugger can't be loaded: " + strings.TrimSpace(string(out)), Hint: "gem install debug",
		}}
	}
	at := strconv.Itoa(port)
	return []string{"env", "RUBY_DEBUG_HOST=127.0.0.1", "RUBY_DEBUG_PORT=" + at, path, "-rdebug/open"}, "rdbg --attach " + at, nil
}

// Library is what runs in Ruby's processes.
func Library() adapters.Library {
	files, err := fs.Sub(embedded, "lib")
	if err != nil {
		panic(err) // the name is wrong, which every test would show
	}
	return adapters.Library{Language: "Ruby", Files: files, Boot: "gstorm/boot.rb", Variable: "GSTORM_RUBY_LIB"}
}
