package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
)

// libraries are the libraries that are built in, by the language's name on the command line.
func libraries() map[string]adapters.Library {
	return map[string]adapters.Library{"ruby": ruby.Library(), "python": python.Library(), "js": javascript.Library()}
}

func (p *program) libraryCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "library", Usage: "print the folder of a language's library", ArgsUsage: "LANGUAGE",
		Description: `gstorm brings its libraries along, so topologies need nothing installed. This prints the folder in which the one for
LANGUAGE (` + known() + `) lies, for what runs without gstorm: tests, consoles, editors.

   ruby -I "$(gstorm library ruby)" test/word_count_test.rb
   PYTHONPATH="$(gstorm library python)" python3 -m unittest
   node --require "$(gstorm library js)/lib/register.js" --test`,
		Action: p.library,
	})
}

func known() string { return strings.Join(slices.Sorted(maps.Keys(libraries())), ", ") }

func (p *program) library(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef(c, "one LANGUAGE is expected: %s", known())
	}
	library, ok := libraries()[c.Args().First()]
	if !ok {
		return usagef(c, "there is no library for %q, but for %s", c.Args().First(), known())
	}
	// Not closed: a copy that is not in the cache is for who asked.
	place, err := library.Open()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.stdout, place.Dir()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
