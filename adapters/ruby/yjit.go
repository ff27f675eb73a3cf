package ruby

import (
	"context"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// yjit is about Ruby's just-in-time compiler. From 3.3 on a process can turn it on by itself, which the library does: see
// lib/gstorm/yjit.rb. Before, the interpreter has to be started with it.
type yjit struct {
	ruby adapters.Interpreter
	path string
}

// switches are for a task with a configuration. Only for gstorm.RubyYJIT always the interpreter's version is asked for.
func (y yjit) switches(config gstorm.Config) []string {
	if config[gstorm.RubyYJIT] != "always" {
		return nil
	}
	_, version, known := y.ruby.Ask(context.Background(), y.path)
	switch {
	case !known, slices.Compare(version[:], []int{3, 3}) >= 0:
		return nil
	case version[1] == 1: // it would touch all of the 256 MiB that it takes otherwise
		return []string{"--yjit", "--yjit-exec-mem-size=4"}
	}
	return []string{"--yjit"}
}
