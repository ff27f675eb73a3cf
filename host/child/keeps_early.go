package child

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// stormLibrary is one of Storm's libraries that keep task ids and commands which come before they are asked for.
type stormLibrary struct {
	interpreter *regexp.Regexp
	file        string
	// loads are how a script loads it, from the script's folder or from the working directory.
	loads   *regexp.Regexp
	fromDir *regexp.Regexp
	// hides is beside the file what would be loaded in its place; "": nothing.
	hides string
	// keeps is the code that puts task ids by when a command is read, commands when task ids are, and takes them from there,
	// without its white space.
	keeps []string
}

var stormLibraries = map[string]stormLibrary{
	".py": {
		interpreter: regexp.MustCompile(`^(python|pypy)[0-9.]*$`),
		file:        "storm.py", hides: "storm",
		loads: regexp.MustCompile(`(?m)^[ \t]*(import[ \t]+([\w.]+[ \t]*(as[ \t]+\w+[ \t]*)?,[ \t]*)*storm[ \t]*([,;#\r]|as[ \t]|$)|from[ \t]+storm[ \t]+import[ \t(])`),
		keeps: []string{"whiletype(msg)islist:pending_taskids.append(msg)", "ifpending_taskids:returnpending_taskids.popleft()",
			"whiletype(msg)isnotlist:pending_commands.append(msg)", "ifpending_commands:returnpending_commands.popleft()"},
	},
	".rb": {
		interpreter: regexp.MustCompile(`^ruby[0-9.]*$`),
		file:        "storm.rb",
		loads:       regexp.MustCompile(`(?m)^[ \t]*require_relative[ \t(]*['"](\./)?storm(\.rb)?['"]`),
		fromDir:     regexp.MustCompile(`(?m)^[ \t]*require[ \t(]*['"]\./storm(\.rb)?['"]`),
		keeps: []string{"whilemsg.is_a?ArrayStorm::Protocol.pending_taskids.push(msg)", "Storm::Protocol.pending_taskids.shift||",
			"untilmsg.is_a?ArrayStorm::Protocol.pending_commands.push(msg)", "Storm::Protocol.pending_commands.shift||"},
	},
}

// maxScript is how much of a file is looked at.
const maxScript = 1 << 20

// KeepsEarly reports whether a command, run in dir, is sure to be a component whose library keeps task ids and commands
// that come before they are asked for: a script which loads Storm's storm.py or storm.rb from beside it, where that has the
// code for it. Everything less plain (other ways to load it, options of the interpreter, wrapper scripts) is not sure.
func KeepsEarly(command []string, dir string) bool {
	script := command
	for len(script) > 0 && stormLibraries[filepath.Ext(script[0])].file == "" {
		script = script[1:]
	}
	if len(script) == 0 {
		return false
	}
	library := stormLibraries[filepath.Ext(script[0])]
	if before := command[:len(command)-len(script)]; len(before) > 0 && !library.runBy(before) {
		return false
	}
	path := script[0]
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	path, err := filepath.EvalSymlinks(path) // both languages look beside the file itself
	if err != nil {
		return false
	}
	text := readScript(path)
	switch {
	case library.loads.MatchString(text):
		return library.keptIn(filepath.Dir(path))
	case library.fromDir != nil && library.fromDir.MatchString(text):
		return library.keptIn(dir)
	}
	return false
}

// runBy reports whether the words before the script are its interpreter and options that change nothing.
func (l *stormLibrary) runBy(words []string) bool {
	for _, option := range words[1:] {
		if option != "-u" {
			return false
		}
	}
	return l.interpreter.MatchString(filepath.Base(words[0]))
}

func (l *stormLibrary) keptIn(folder string) bool {
	if l.hides != "" {
		if _, err := os.Stat(filepath.Join(folder, l.hides)); err == nil {
			return false
		}
	}
	text := strings.Join(strings.Fields(readScript(filepath.Join(folder, l.file))), "")
	for _, code := range l.keeps {
		if !strings.Contains(text, code) {
			return false
		}
	}
	return true
}

// readScript is the text of a file, "" if it can't be read or is too large to be one of these.
func readScript(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxScript {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}
