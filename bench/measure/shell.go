package measure

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Shell is how a component on an unmodified library is started.
type Shell struct {
	Command []string
	Env     map[string]string // on top of the caller's own
}

// ShellCommand is how a component is started that runs on one of the unmodified libraries storm.rb, storm.py, storm.js and
// pystorm. The role is spout or split, components the folder of the components, libraries what scripts/setup-libraries
// prints.
func ShellCommand(library, role, components, libraries string) (Shell, error) {
	if role != "spout" && role != "split" {
		return Shell{}, fmt.Errorf("there is none on %s", library)
	}
	components, err := filepath.Abs(components)
	if err != nil {
		return Shell{}, err
	}
	in := func(folder string) string { return filepath.Join(libraries, folder) }
	file := filepath.Join(components, "storm", role)
	switch library {
	case "storm.rb":
		return Shell{[]string{"ruby", file + ".rb"}, map[string]string{"RUBYLIB": in("ruby")}}, nil
	case "storm.py":
		return Shell{[]string{"python3", file + ".py"}, map[string]string{"PYTHONPATH": in("python")}}, nil
	case "storm.js":
		return Shell{[]string{"node", file + ".js"}, map[string]string{"NODE_PATH": in("javascript")}}, nil
	case "pystorm":
		return Shell{[]string{in("venv/bin/python"), file + "_pystorm.py"}, nil}, nil
	}
	return Shell{}, fmt.Errorf("there is no %q, expected one of %s", library, strings.Join(Libraries, " "))
}

// Libraries are those that ShellCommand knows.
var Libraries = []string{"storm.rb", "storm.py", "storm.js", "pystorm"}
