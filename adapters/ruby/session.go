package ruby

import (
	"path/filepath"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// roleVariable tells the user's file what it is loaded for: describe or task.
const roleVariable = "GSTORM_ROLE"

// session is an open Ruby file.
type session struct {
	*adapters.Description
	request     adapters.Request
	interpreter interpreter
	library     library
}

// Launch starts a task by loading the same file again, with the same arguments and in the same working directory, so
// that all it requires is found again.
func (s *session) Launch(c *gstorm.Component) (adapters.Launch, error) {
	return adapters.Launch{
		Command: s.command("task", "--component", c.ID),
		Env:     map[string]string{roleVariable: "task"},
	}, nil
}

// Close ends the describing process and removes a library that only this session has.
func (s *session) Close() error {
	err := s.Description.Close()
	s.library.close()
	return err
}

// command is the argv that loads the file in a role.
func (s *session) command(role string, options ...string) []string {
	argv := append(s.interpreter.command(), filepath.Join(s.library.dir, bootFile), role, s.request.File)
	for _, option := range [][2]string{{"--class", s.request.Class}, {"--env", s.request.Env}, {"--name", s.request.Name}} {
		if option[1] != "" {
			argv = append(argv, option[0], option[1])
		}
	}
	argv = append(argv, options...)
	return append(append(argv, "--"), s.request.Args...)
}
