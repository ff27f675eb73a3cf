package deploy

import (
	"embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

//go:embed scripts/*.sh
var scripts embed.FS

// Command is a script with what it needs.
type Command struct {
	Script string    // a text of sh
	Root   bool      // to be run by sudo
	Input  io.Reader // what follows the script on its standard input; nil: nothing
}

// command is one of scripts, with variables.
func command(root bool, variables map[string]string, input io.Reader, names ...string) Command {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		fmt.Fprintf(&b, "%s=%s\n", name, Quote(variables[name]))
	}
	for _, name := range names {
		text, err := scripts.ReadFile("scripts/" + name + ".sh")
		if err != nil {
			panic(err) // it is a name of this package's own
		}
		b.Write(text)
	}
	return Command{Script: b.String(), Root: root, Input: input}
}

// Quote is a text as one word of sh.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// Line is what a login shell, of whatever kind, has to run for the command, and what has to be its standard input. The line
// is the same for every script but for a number: the script itself comes by the input, where nobody sees it in a list of
// processes, and no login shell reads it differently.
func (c Command) Line() (line string, input io.Reader) {
	// dd reads no further than the script goes, a byte at a time.
	line = fmt.Sprintf(`sh -c 'eval "$(dd bs=1 count=%d 2>/dev/null)"'`, len(c.Script))
	if c.Root {
		line = "sudo -n " + line
	}
	input = strings.NewReader(c.Script)
	if c.Input != nil {
		input = io.MultiReader(input, c.Input)
	}
	return line, input
}
