package child

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

var errNoCommand = errors.New("no command")

// startTrouble says why a process could not be started and what to do. The system gives the same error for a missing
// program, a missing interpreter of a script and a missing directory, so it looks at what is there.
func startTrouble(s *Spec, path string, err error) (reason, hint string) {
	if errors.Is(err, ErrClosed) || errors.Is(err, errNoCommand) {
		return err.Error(), ""
	}
	if trouble := checkDir(s.Dir); trouble != nil {
		return fmt.Sprintf("its working directory %s: %v", s.Dir, trouble), "the directory is that of the component's description"
	}
	name := s.Command[0]
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Sprintf("command %q not found", name), fmt.Sprintf("looked in PATH=%s%s", path, installAdvice(name))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("no permission to execute %q", name),
			fmt.Sprintf("chmod +x %s, or put its interpreter before it in the command", name)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Sprintf("%q is no program", name),
			"a script needs a first line such as #!/usr/bin/env ruby, or its interpreter before it in the command"
	case errors.Is(err, fs.ErrNotExist):
		return missing(s)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return err.Error(), "each task needs five open files here: raise the limit (ulimit -n)"
	case errors.Is(err, syscall.EAGAIN):
		return err.Error(), "there may be no more processes: raise the limit (ulimit -u, or pids.max of the cgroup)"
	}
	return err.Error(), ""
}

// missing is about a command with a slash, for which the kernel found no file.
func missing(s *Spec) (reason, hint string) {
	name := s.Command[0]
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(s.Dir, file)
	}
	interpreter := interpreterOf(file)
	if interpreter == "" {
		return fmt.Sprintf("there is no file %q", file), "a relative name is taken from the working directory"
	}
	return fmt.Sprintf("the first line of %q asks for %q, which is not there", file, interpreter),
		"correct the line" + installAdvice(filepath.Base(interpreter))
}

// interpreterOf is the program that the first line of a script names, "" if it is no script.
func interpreterOf(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	// What was read counts, also if it ends without a line break; a binary may have none for long.
	line, _ := bufio.NewReader(io.LimitReader(f, 256)).ReadString('\n')
	fields := strings.Fields(strings.TrimPrefix(line, "#!"))
	if !strings.HasPrefix(line, "#!") || len(fields) == 0 {
		return ""
	}
	return fields[0]
}
