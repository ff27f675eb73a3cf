// Package scaffold writes new projects: a topology that runs, with a test that passes, in a folder of its own.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The templates are projects that run as they are, called my_topology.
const (
	templateName  = "my_topology"
	templateClass = "MyTopology"
	readme        = "README.md"
)

//go:embed templates
var templates embed.FS

// Project is a project to be written.
type Project struct {
	// Dir is its folder.
	Dir      string
	template string
	rename   *strings.Replacer
}

// Languages are those that there are projects in.
func Languages() []string { return []string{"ruby", "python", "js", "go"} }

// New returns a project in a language, one of Languages, with a topology that is called like its folder. The error says
// why the name or the language can't be. Nothing is written yet.
func New(language, dir string) (*Project, error) {
	if !slices.Contains(Languages(), language) {
		return nil, fmt.Errorf("there is no project in %q, but in %s", language, strings.Join(Languages(), ", "))
	}
	n, err := newName(filepath.Base(dir))
	if err == nil && language == "python" {
		err = n.checkPython()
	}
	if err != nil {
		return nil, err
	}
	return &Project{
		Dir:      dir,
		template: path.Join("templates", language),
		rename:   strings.NewReplacer(templateName, n.snake(), templateClass, n.class()),
	}, nil
}

// Write makes the folder with all its files, and returns their names in it. Nothing that exists is touched: if the folder
// does, the error is an fs.ErrExist. What has been written before another error is removed.
func (p *Project) Write() ([]string, error) {
	if err := os.Mkdir(p.Dir, 0o755); err != nil {
		return nil, err
	}
	var written []string
	err := p.eachFile(func(name, content string) error {
		written = append(written, name)
		file := filepath.Join(p.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(content), 0o644)
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.Dir))
	}
	return written, nil
}

// Commands are what its README says can be done in the folder, a shell command each.
func (p *Project) Commands() []string {
	var commands []string
	_ = p.eachFile(func(name, content string) error {
		if name != readme {
			return nil
		}
		for line := range strings.Lines(content) {
			if command, ok := strings.CutPrefix(line, "    "); ok {
				commands = append(commands, strings.TrimSpace(command))
			}
		}
		return nil
	})
	return commands
}

// eachFile calls f for each file, with its name in the project.
func (p *Project) eachFile(f func(name, content string) error) error {
	return fs.WalkDir(templates, p.template, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(templates, file)
		if err != nil {
			return err
		}
		// What would be part of a module or package here, as files in Go are, has an ending more.
		name := strings.TrimSuffix(strings.TrimPrefix(file, p.template+"/"), ".template")
		return f(p.rename.Replace(name), p.rename.Replace(string(content)))
	})
}
