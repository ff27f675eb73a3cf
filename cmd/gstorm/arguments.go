package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completionFlag is what cli's completion adds at the end of an unfinished command line.
const completionFlag = "--generate-bash-completion"

// arrange puts the flags of a subcommand before its operands, since cli's parser stops at the first operand: people
// write `gstorm run wc.rb --for 10s`. What follows -- is the topology's own and is returned apart.
func arrange(app *cli.App, args []string) (arranged, own []string) {
	if len(args) < 2 || args[len(args)-1] == completionFlag {
		return args, nil
	}
	command, depth := named(app.Commands, args[1:])
	if command == nil {
		return args, nil
	}
	names, rest := args[:1+depth], args[1+depth:]
	if dashes := slices.Index(rest, "--"); dashes >= 0 {
		rest, own = rest[:dashes], rest[dashes+1:]
	}
	var flags, operands []string
	for len(rest) > 0 {
		n := 1
		if !strings.HasPrefix(rest[0], "-") || rest[0] == "-" {
			operands = append(operands, rest[0])
		} else if otherwise := withoutValue(command, rest[0]); otherwise != "" && (len(rest) == 1 || !addresses.MatchString(rest[1])) {
			flags = append(flags, rest[0]+"="+otherwise)
		} else {
			if takesValue(command, rest[0]) {
				if n = 2; len(rest) < n { // cli says so, unless an operand came after it
					return slices.Concat(names, flags, rest), own
				}
			}
			flags = append(flags, rest[:n]...)
		}
		rest = rest[n:]
	}
	return slices.Concat(names, flags, operands), own
}

// named is the command that the first words name, with the command that it belongs to if need be, and how many they are.
func named(commands []*cli.Command, words []string) (command *cli.Command, depth int) {
	for depth < len(words) {
		i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(words[depth]) })
		if i < 0 {
			break
		}
		command, commands, depth = commands[i], commands[i].Subcommands, depth+1
	}
	return command, depth
}

// addresses is what can be told from an operand: HOST:PORT, or :PORT.
var addresses = regexp.MustCompile(`^([A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):[0-9]+$`)

// withoutValue is the value of a flag that is an address and may be said without; "": it is another flag.
func withoutValue(c *cli.Command, argument string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(argument, "-"), "-")
	if c.Name == "run" && name == "ui" || c.Name != "run" && name == "run" {
		return pageAddress
	}
	return ""
}

// takesValue reports whether the argument is a flag whose value is the next argument.
func takesValue(c *cli.Command, argument string) bool {
	name := strings.TrimPrefix(strings.TrimPrefix(argument, "-"), "-")
	for _, f := range c.Flags {
		if d, ok := f.(cli.DocGenerationFlag); ok && slices.Contains(f.Names(), name) {
			return d.TakesValue()
		}
	}
	return false
}
