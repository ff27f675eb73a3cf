package dependencies

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// command is one call of a tool.
type command struct {
	shown string // for people
	argv  []string
}

// tools finds the programs for one step, and gathers what their environment has besides the agent's.
type tools struct {
	folder  string // in which they are called
	env     []string
	beside  string // what lies in this folder is taken before what is on the PATH; "": none
	missing string // which of them is not there, in words that tell what to do; "": all are
}

// bundler is called through the Ruby that runs the tasks, so that gems with parts in C are built for that one. It comes with
// Ruby, also where the system's package of Ruby leaves out its program.
func (t *tools) bundler() []command {
	ruby := t.interpreter("Ruby", "GSTORM_RUBY", "ruby")
	t.env = append(t.env, bundlerEnvironment(t.folder)...)
	t.env = append(t.env, "BUNDLE_SILENCE_ROOT_WARNING=true") // in a container that is no mistake
	call := func(words ...string) command {
		const load = `$0 = Gem.activate_bin_path("bundler", "bundle", ">= 0.a"); load $0`
		return command{"bundle " + strings.Join(words, " "), append([]string{ruby, "-e", load, "--"}, words...)}
	}
	install := []string{"install"}
	if info, err := os.Stat(filepath.Join(t.folder, "vendor", "cache")); err == nil && info.IsDir() {
		install = append(install, "--local") // what bundle cache has put there is there so that nothing is fetched
	}
	return []command{
		call("config", "set", "--local", "path", "vendor/bundle"),
		call("config", "set", "--local", "frozen", "true"),
		call(install...),
	}
}

func (t *tools) pip() []command {
	python := t.interpreter("Python", "GSTORM_PYTHON", "python3", "python")
	return []command{
		{"python -m venv .venv", []string{python, "-m", "venv", ".venv"}},
		{
			"pip install -r requirements.txt",
			[]string{venvPython(t.folder), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", "requirements.txt"},
		},
	}
}

func (t *tools) uv() []command {
	t.env = append(t.env, "UV_PROJECT_ENVIRONMENT=.venv")
	if python := os.Getenv("GSTORM_PYTHON"); python != "" {
		t.env = append(t.env, "UV_PYTHON="+python)
	}
	return []command{t.call("uv", "sync", "--frozen", "--no-dev")}
}

func (t *tools) poetry() []command {
	t.env = append(t.env, "POETRY_VIRTUALENVS_CREATE=true", "POETRY_VIRTUALENVS_IN_PROJECT=true")
	return []command{t.call("poetry", "install", "--no-interaction", "--only", "main")}
}

func (t *tools) npm() []command {
	if os.Getenv("GSTORM_NODE") != "" {
		t.interpreter("Node.js", "GSTORM_NODE") // packages with parts in C++ are built for that one
	}
	return []command{t.call("npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier")}
}

// interpreter is the one that a variable of the agent's environment names, as for tasks, else the first of the programs. What
// it starts by its name alone is of the same folder where it can be.
func (t *tools) interpreter(language, variable string, programs ...string) string {
	named := os.Getenv(variable)
	if named != "" {
		programs = []string{named}
	}
	for _, program := range programs {
		path, err := exec.LookPath(program)
		if err != nil {
			continue
		}
		if path, err = filepath.Abs(path); err == nil && named != "" {
			t.beside = filepath.Dir(path)
		}
		return path
	}
	t.missing = language + " is not installed on this node"
	if named != "" {
		t.missing = "there is no program " + named + " on this node, which " + variable + " names"
	}
	return ""
}

// call calls a program by its name.
func (t *tools) call(program string, words ...string) command {
	path, err := exec.LookPath(filepath.Join(t.beside, program))
	if err != nil {
		path, err = exec.LookPath(program)
	}
	if err != nil {
		t.missing = program + " is not installed on this node"
	}
	shown := program + " " + strings.Join(words, " ")
	return command{shown, append([]string{path}, words...)}
}

// environment is that of the step's processes. An active virtual environment of the agent would be taken for the bundle's.
func (t *tools) environment() []string {
	env := make([]string, 0, len(t.env))
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "VIRTUAL_ENV=") {
			env = append(env, variable)
		}
	}
	if t.beside != "" {
		env = append(env, "PATH="+t.beside+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	return append(env, t.env...)
}
