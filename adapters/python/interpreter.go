package python

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gstorm/gstorm/adapters"
)

// interpreter is a Python and why it was chosen, in words that follow its path.
type interpreter struct{ path, why string }

const onPath = "the one on the PATH"

// find chooses the Python for a file: the one that GSTORM_PYTHON names; in a streamparse project the one of the virtual
// environment that its config.json gives the topology; that of the active virtual environment; that of a folder .venv
// beside the file, above it in a project, or in the working directory; the one on the PATH. env chooses among the
// project's environments. The error is a gstorm.Problems.
func find(language adapters.Interpreter, file, env string) (interpreter, error) {
	if os.Getenv(language.Variable) != "" {
		path, err := language.Find()
		return interpreter{path, "which " + language.Variable + " names"}, err
	}
	for _, place := range environments(file, env) {
		if path := filepath.Join(place.dir, "bin", "python"); place.dir != "" && executable(path) {
			return interpreter{path, place.why}, nil
		}
	}
	path, err := language.Find()
	return interpreter{path, onPath}, err
}

type environment struct{ dir, why string }

// environments are the virtual environments that may be meant, the best first.
func environments(file, env string) []environment {
	folder := filepath.Dir(file)
	var places []environment
	project := projectOf(folder)
	if project != "" {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		places = append(places, environment{project.environment(name, env), "of the project's virtual environment"})
	}
	places = append(places, environment{os.Getenv("VIRTUAL_ENV"), "of the active virtual environment"})
	folders := []string{folder, "."}
	if project != "" {
		folders = []string{folder, string(project), "."}
	}
	for _, f := range folders {
		places = append(places, environment{filepath.Join(f, ".venv"), "of the folder's .venv"})
	}
	return places
}

func executable(path string) bool {
	_, err := exec.LookPath(path)
	return err == nil
}

// project is the root of a streamparse project; "" is none.
type project string

// projectOf finds the project that a topology's folder belongs to, by the same signs as the library does.
func projectOf(folder string) project {
	for _, root := range []string{filepath.Join(folder, ".."), folder} {
		if src, err := os.Stat(filepath.Join(root, "src")); err != nil || !src.IsDir() {
			continue
		}
		if p := project(root); len(p.environments()) > 0 {
			return p
		}
	}
	return ""
}

// settings are what config.json says of one environment, as far as it matters here.
type settings struct {
	Root string `json:"virtualenv_root"`
	Name string `json:"virtualenv_name"`
}

// environments are those of config.json. What can't be read is the library's to tell, with its place.
func (p project) environments() map[string]settings {
	content, err := os.ReadFile(filepath.Join(string(p), "config.json"))
	if err != nil {
		return nil
	}
	var config struct {
		Envs map[string]settings `json:"envs"`
	}
	if json.Unmarshal(content, &config) != nil {
		return nil
	}
	return config.Envs
}

// environment is the directory of a topology's virtual environment; "" if the project names none. The only environment
// of config.json stands for any, as in streamparse.
func (p project) environment(topology, env string) string {
	envs := p.environments()
	s, ok := envs[env]
	if !ok && len(envs) == 1 {
		for _, only := range envs {
			s = only
		}
	}
	if s.Root == "" {
		return ""
	}
	root, name := s.Root, s.Name
	if name == "" {
		name = topology
	}
	if !filepath.IsAbs(root) {
		root = filepath.Join(string(p), root)
	}
	return filepath.Join(root, name)
}

// Root implements adapters.Rooted: a streamparse project comes along as a whole.
func (Adapter) Root(file string) string { return string(projectOf(filepath.Dir(file))) }
