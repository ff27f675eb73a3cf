package acker

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// The scripts in testdata act on one ledger each. "run" does the commands in its input, a line each, and prints what
// they print, or "ok". The commands are the methods of environment.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		env := newEnvironment()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "run" {
				d.Fatalf(t, "no such command: %s", d.Cmd)
			}
			for line := range strings.SplitSeq(d.Input, "\n") {
				if err := env.run(line); err != nil {
					d.Fatalf(t, "%s: %v", line, err)
				}
			}
			return env.printed()
		})
	})
}

// command is one line of a script: a word, then operands and key=value pairs, key=(value) if the value holds blanks.
type command struct {
	name     string
	operands []string
	values   map[string]string
}

func parseCommand(line string) (command, error) {
	name, args, err := datadriven.ParseLine(line)
	c := command{name: name, values: map[string]string{}}
	for _, arg := range args {
		if arg.Vals == nil {
			c.operands = append(c.operands, strings.Split(arg.Key, ",")...)
		} else {
			c.values[arg.Key] = strings.Join(arg.Vals, ", ")
		}
	}
	return c, err
}
