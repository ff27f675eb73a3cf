package child

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// printsFD is the descriptor on which a child finds the pipe for what its component prints, and printsEnv the variable
// that tells it so. A child that knows nothing of it just has one more descriptor open.
const (
	printsFD  = "3"
	printsEnv = "GSTORM_STDOUT_FD"
)

// environment is the child's: the host's, changed by the Spec, by its mark, and by what keeps interpreters from known traps.
func environment(host []string, s *Spec, mark string) []string {
	env := make(map[string]string, len(host)+len(s.Env)+5)
	for _, entry := range host {
		if name, value, ok := strings.Cut(entry, "="); ok && (s.Inherit == nil || s.Inherit(name)) {
			env[name] = value
		}
	}
	if s.Dir != "" {
		if dir, err := filepath.Abs(s.Dir); err == nil {
			env["PWD"] = dir
		}
	}
	path := env["PATH"]
	for name, value := range s.Env {
		env[name] = value
	}
	if more := s.Env["PATH"]; more != "" && path != "" {
		env["PATH"] = path + ":" + more
	} else {
		env["PATH"] = path + more
	}
	// Without a locale old interpreters read their input as Latin-1 or refuse what is not ASCII.
	if env["LC_ALL"] == "" && env["LC_CTYPE"] == "" && env["LANG"] == "" {
		env["LC_ALL"] = utf8Locale()
	}
	// What Python wrote to stderr before it was killed must not be lost in its buffer.
	if env["PYTHONUNBUFFERED"] == "" {
		env["PYTHONUNBUFFERED"] = "1"
	}
	env[printsEnv], env[markEnv] = printsFD, mark

	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

func utf8Locale() string {
	if runtime.GOOS == "darwin" { // has no C.UTF-8
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

// lookup finds the program as a shell in the directory dir would. A name with a slash is left to the kernel.
func lookup(name, path, dir string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	notFound := exec.ErrNotFound
	for _, entry := range filepath.SplitList(path) {
		if !filepath.IsAbs(entry) {
			entry = filepath.Join(dir, entry)
		}
		file := filepath.Join(entry, name)
		info, err := os.Stat(file)
		if err != nil || info.IsDir() {
			continue
		}
		if info.Mode()&0o111 != 0 {
			return filepath.Abs(file) // the kernel would take a relative one as relative to dir
		}
		notFound = fs.ErrPermission
	}
	return "", notFound
}

// variable is the value of a variable in an environment list.
func variable(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// shellLine is the command as one would type it, for people.
func shellLine(command []string) string {
	quoted := make([]string, len(command))
	for i, arg := range command {
		quoted[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$&|;<>()*?[]#~`!{}") {
			quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// checkDir says what is wrong with a working directory, nil if nothing is.
func checkDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return errors.New("is not a directory")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("does not exist")
	}
	return err
}
