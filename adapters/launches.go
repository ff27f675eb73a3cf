package adapters

import (
	"errors"
	"log/slog"

	"github.com/gstorm/gstorm"
)

// Launches finds out how the tasks of every component of a session's topology are started, by the component's id, and
// which can't be. Components in Go have none. log gets what ShellLaunch has to say.
func Launches(s Session, log *slog.Logger) (map[string]Launch, gstorm.Problems) {
	launches := map[string]Launch{}
	var problems gstorm.Problems
	components := s.Topology().Components
	for i := range components {
		c := &components[i]
		var launch Launch
		var err error
		switch c.Implementation.Type {
		case gstorm.FileImplementation:
			launch, err = s.Launch(c)
		case gstorm.ShellImplementation:
			launch, err = ShellLaunch(c, log)
		}
		var found gstorm.Problems
		if errors.As(err, &found) {
			problems = append(problems, found...)
		} else if err != nil {
			problems = append(problems, gstorm.Problem{Severity: gstorm.Error, Message: err.Error(), At: c.At})
		}
		launches[c.ID] = launch
	}
	return launches, problems
}
