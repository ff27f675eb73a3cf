package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// The scripts ask gstorm itself what can follow, by cli's --generate-bash-completion; that of fish is made by cli.
var (
	//go:embed completion/gstorm.bash
	bashCompletion string
	//go:embed completion/gstorm.zsh
	zshCompletion string
)

func (p *program) completionCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "completion", Usage: "print a script that makes a shell complete gstorm's commands and flags", ArgsUsage: "bash|zsh|fish",
		Description: `   source <(gstorm completion bash)                          in ~/.bashrc
   source <(gstorm completion zsh)                           in ~/.zshrc, after compinit
   gstorm completion fish > ~/.config/fish/completions/gstorm.fish`,
		BashComplete: func(*cli.Context) { _, _ = fmt.Fprintln(p.stdout, "bash\nzsh\nfish") },
		Action:       p.completion,
	})
}

func (p *program) completion(c *cli.Context) error {
	var script string
	var err error
	switch shell := c.Args().First(); shell {
	case "bash":
		script = bashCompletion
	case "zsh":
		script = zshCompletion
	case "fish":
		script, err = c.App.ToFishCompletion()
		script = strings.ReplaceAll(script, "`", "") // cli's marks for the names of values
	default:
		return usagef(c, "there are scripts for bash, zsh and fish, not for %q", shell)
	}
	if err == nil {
		_, err = io.WriteString(p.stdout, script)
	}
	return err
}
