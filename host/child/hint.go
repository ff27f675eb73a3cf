package child

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// hint says what to do about a death whose cause can be known, else "".
func hint(d *Death, s *Spec, late bool, noise []string) string {
	switch {
	case d.OOM:
		return "give the machine or its cgroup more memory, or start fewer tasks"
	case d.Asked():
		return ""
	}
	if d.Phase == PhaseHandshake || d.ExitCode > 0 || d.Reported != "" {
		if clue := clueIn(append(slices.Clip(d.StderrTail), strings.Split(d.Reported, "\n")...)); clue != "" {
			return clue
		}
	}
	if d.Phase == PhaseHandshake && (late || d.ExitCode >= 0) {
		if advice := wireHint(d, s, noise); advice != "" {
			return advice
		}
		return handshakeHint(d, noise)
	}
	switch {
	case d.Reason != "":
		return "" // the host ended it and has said why
	case d.Phase == PhaseRun && d.ExitCode == 0:
		return "it left by itself though its input was open, as if its work were done: look for an exit in its code"
	}
	return signalHints[d.Signal]
}

// handshakeHint is about a command that runs but does not answer.
func handshakeHint(d *Death, noise []string) string {
	if len(noise) > 0 {
		return fmt.Sprintf("it prints to stdout before the handshake: %q; stdout belongs to the protocol, print to stderr", noise[0])
	}
	if d.ExitCode > 0 {
		return "" // a failure of its own, which its stderr tells better
	}
	try := shellLine(d.Command)
	if d.Dir != "" {
		try = "cd " + shellLine([]string{d.Dir}) + " && " + try
	}
	return "does the command speak multilang? It should wait for a message on stdin and answer it with " +
		`{"pid": ...} and a line "end". To try by hand: ` + try
}

var signalHints = map[string]string{
	"SIGKILL": "somebody killed it from outside; if nobody did, the kernel may have, for want of memory: see dmesg",
	"SIGTERM": "somebody asked it to end from outside",
	"SIGSEGV": "a crash in native code: the interpreter, or an extension that the component uses",
	"SIGBUS":  "a crash in native code: the interpreter, or an extension that the component uses",
	"SIGABRT": "it aborted itself: native code found itself in an impossible state, its stderr may say which",
	"SIGILL":  "native code that was built for another processor",
	"SIGPIPE": "it wrote to a pipe that nobody reads any more, such as a program of its own that has ended",
	"SIGXCPU": "it used up its limit of processor time (ulimit -t)",
}

// clue is what a line on stderr tells about the cause. In advice, $1 is what was missing.
type clue struct {
	pattern *regexp.Regexp
	advice  string
	program bool // $1 is a program: installAdvice follows
}

// clues are compiled when a process first dies, not at every start of gstorm.
var clues = sync.OnceValue(func() []clue {
	list := []clue{
		{advice: `there is no Python module "$1" for the interpreter that was started: install it there, or add its directory to PYTHONPATH`,
			pattern: regexp.MustCompile(`ModuleNotFoundError: No module named '?([\w.]+)`)},
		{advice: `Python could not import: $1`,
			pattern: regexp.MustCompile(`ImportError: (.+)`)},
		{advice: `there is no script $1, seen from the working directory`,
			pattern: regexp.MustCompile(`ruby: No such file or directory -- (\S+) \(LoadError\)|can't open file '([^']+)'`)},
		{advice: `Ruby has no "$1" to load: gem install it, or correct the require (require_relative for a file beside the script)`,
			pattern: regexp.MustCompile(`cannot load such file -- (\S+)`)},
		{advice: `a gem of the Gemfile is missing: run bundle install`,
			pattern: regexp.MustCompile(`Bundler::GemNotFound|Gem::MissingSpecError`)},
		{advice: `Node has no module "$1": npm install it in the working directory, or correct the path`,
			pattern: regexp.MustCompile(`Cannot find module '([^']+)'`)},
		{advice: `the script's first line asks for "$1", which is not on PATH`, program: true,
			pattern: regexp.MustCompile(`env: ['‘"]?([^'’":]+)['’"]?: No such file or directory`)},
		{advice: `there is no command "$1" on PATH`, program: true,
			pattern: regexp.MustCompile(`sh: (?:line )?(?:\d+: )?(?:exec: )?(\S+): (?:command )?not found`)},
	}
	return list
})

// clueIn looks for the last line that tells something: the first cause is often a warning, the last one ended it.
func clueIn(lines []string) string {
	for _, line := range slices.Backward(lines) {
		for _, c := range clues() {
			found := c.pattern.FindStringSubmatch(line)
			if found == nil {
				continue
			}
			what := strings.Join(found[1:], "")
			advice := strings.ReplaceAll(c.advice, "$1", what)
			if c.program {
				advice += installAdvice(what)
			}
			return advice
		}
	}
	return ""
}

// installAdvice is how to get an interpreter, after a message that it is missing.
func installAdvice(program string) string {
	advice := map[string]string{
		"ruby":    "apt-get install ruby, or brew install ruby",
		"python":  "many systems have it as python3 only; apt-get install python3 (and python-is-python3), or brew install python",
		"python3": "apt-get install python3, or brew install python",
		"node":    "apt-get install nodejs, or brew install node",
		"bundle":  "apt-get install ruby-bundler, or gem install bundler",
	}[program]
	if advice == "" {
		return ""
	}
	return ": " + advice
}
