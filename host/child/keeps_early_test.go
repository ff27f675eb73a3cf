package child

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What of Storm's libraries makes them keep what comes early, as it is there.
const (
	stormPy = `def readTaskIds():
    if pending_taskids:
        return pending_taskids.popleft()
    msg = readMsg()
    while type(msg) is not list:
        pending_commands.append(msg)
        msg = readMsg()

def readCommand():
        if pending_commands:
            return pending_commands.popleft()
        msg = readMsg()
        while type(msg) is list:
            pending_taskids.append(msg)
            msg = readMsg()
`
	stormRb = `    def read_task_ids
      Storm::Protocol.pending_taskids.shift ||
          begin
            until msg.is_a? Array
              Storm::Protocol.pending_commands.push(msg)
              msg = read_message
            end
    def read_command
      Storm::Protocol.pending_commands.shift ||
            while msg.is_a? Array
              Storm::Protocol.pending_taskids.push(msg)
              msg = read_message
            end
`
)

func TestKeepsEarly(t *testing.T) {
	python, ruby := "import sys\nimport storm\n", "require \"./storm\"\n"
	for _, c := range []struct {
		name    string
		files   map[string]string
		command string
		want    bool
	}{
		{"storm.py", map[string]string{"a.py": python, "storm.py": stormPy}, "python3 a.py", true},
		{"with arguments and Windows' line ends", map[string]string{"a.py": "import storm\r\n", "storm.py": strings.ReplaceAll(stormPy, "\n", "\r\n")}, "/usr/bin/python3.11 -u a.py x.rb", true},
		{"imported in another way", map[string]string{"a.py": "import os, storm\n", "storm.py": stormPy}, "python3 a.py", true},
		{"parts of it imported", map[string]string{"a.py": "from storm import Bolt\n", "storm.py": stormPy}, "pypy3 a.py", true},
		{"in a folder of their own", map[string]string{"in/a.py": python, "in/storm.py": stormPy}, "python3 in/a.py", true},
		{"the script is the command", map[string]string{"a.py": python, "storm.py": stormPy}, "./a.py", true},
		{"storm.rb", map[string]string{"a.rb": ruby, "storm.rb": stormRb}, "ruby a.rb", true},
		{"storm.rb in the working directory", map[string]string{"in/a.rb": ruby, "storm.rb": stormRb}, "ruby in/a.rb", true},
		{"storm.rb beside the script", map[string]string{"in/a.rb": "require_relative 'storm'", "in/storm.rb": stormRb}, "ruby in/a.rb", true},

		{"no such file", map[string]string{"a.py": python}, "python3 a.py", false},
		{"a library that keeps nothing", map[string]string{"a.py": python, "storm.py": "def emit(): pass\n"}, "python3 a.py", false},
		{"one that keeps no commands", map[string]string{"a.py": python, "storm.py": strings.ReplaceAll(stormPy, "pending_commands.append", "drop")}, "python3 a.py", false},
		{"half of it", map[string]string{"a.rb": ruby, "storm.rb": strings.Replace(stormRb, ".push(", ".clear(", 1)}, "ruby a.rb", false},
		{"another library", map[string]string{"a.py": "import pystorm\nimport storm.locals\n", "storm.py": stormPy}, "python3 a.py", false},
		{"no library that can be seen", map[string]string{"a.py": "import b\n", "storm.py": stormPy}, "python3 a.py", false},
		{"a package in its place", map[string]string{"a.py": python, "storm.py": stormPy, "storm/__init__.py": ""}, "python3 a.py", false},
		{"storm.rb elsewhere", map[string]string{"in/a.rb": ruby, "in/storm.rb": stormRb}, "ruby in/a.rb", false},
		{"options that may change it", map[string]string{"a.py": python, "storm.py": stormPy}, "python3 -I a.py", false},
		{"a module", map[string]string{"a.py": python, "storm.py": stormPy}, "python3 -m b a.py", false},
		{"a wrapper", map[string]string{"a.py": python, "storm.py": stormPy}, "run.sh a.py", false},
		{"storm.js", map[string]string{"a.js": "require('./storm')", "storm.js": stormPy}, "node a.js", false},
		{"no script", nil, "python3", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := KeepsEarly(strings.Fields(c.command), dir); got != c.want {
				t.Errorf("%s: %v", c.command, got)
			}
		})
	}
}
