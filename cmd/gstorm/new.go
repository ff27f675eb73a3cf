package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/internal/scaffold"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) newCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "new", Usage: "write a small project: a topology that runs, with a test", ArgsUsage: "LANGUAGE NAME",
		Description: fmt.Sprintf(`Makes the folder NAME with a topology of that name in LANGUAGE (%s), a test of it, and a README. Nothing has
to be installed but gstorm and the language itself. A folder that exists is left alone.

   gstorm new ruby word_count
   gstorm run word_count/word_count.rb`, strings.Join(scaffold.Languages(), ", ")),
		BashComplete: func(*cli.Context) { _, _ = fmt.Fprintln(p.stdout, strings.Join(scaffold.Languages(), "\n")) },
		Action:       p.newProject,
	})
}

func (p *program) newProject(c *cli.Context) error {
	if c.NArg() != 2 {
		return usagef(c, "a LANGUAGE (%s) and a NAME are expected", strings.Join(scaffold.Languages(), ", "))
	}
	project, err := scaffold.New(c.Args().Get(0), c.Args().Get(1))
	if err != nil {
		return usagef(c, "%v", err)
	}
	files, err := project.Write()
	if errors.Is(err, fs.ErrExist) {
		return &invalidError{fmt.Errorf("%s exists already; nothing was written", project.Dir)}
	}
	if err != nil {
		return fmt.Errorf("write project: %w", err)
	}
	var text strings.Builder
	for _, file := range files {
		fmt.Fprintln(&text, filepath.Join(project.Dir, file))
	}
	fmt.Fprintf(&text, "\nThen:\n\n    cd %s\n", project.Dir)
	for _, command := range project.Commands() {
		fmt.Fprintf(&text, "    %s\n", command)
	}
	if _, err := fmt.Fprint(p.stdout, terminal.Escape(text.String())); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
