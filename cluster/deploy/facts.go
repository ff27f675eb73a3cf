package deploy

import (
	"fmt"
	"strings"
)

// Login is what there is to know of a machine before anything else: who one is there, and what it is.
type Login struct {
	OS, Machine string // as uname calls them
	User        string
	Root        bool // logged in as root
	Sudo        bool // becomes root without a password
	Systemd     bool
	Sum         bool // has what checks files that were sent
}

// Facts are what there is of gstorm on a machine.
type Facts struct {
	Login
	Version string            // of the binary; "": there is none, or none that runs
	Sums    map[string]string // SHA-256 of files, by path; those that are there
	There   map[string]bool   // what else is there: the user, folders, by name
	Cluster string            // that gstorm was deployed for; "": none
	Started string            // the stamp of what the agent was started with
	Running bool
	Enabled bool // starts with the machine
	Began   bool // has been in a cluster
}

// lines reads what a script of facts has printed: a key and a value a line. A login shell may print lines of its own before;
// they are not the script's, which begin with a mark.
func lines(output string, each func(key, value string)) error {
	_, own, found := strings.Cut("\n"+output, "\n"+mark+"\n")
	if !found {
		return fmt.Errorf("the machine answered something else than was asked: %q", cut(output))
	}
	for line := range strings.Lines(own) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		each(key, value)
	}
	return nil
}

// mark begins the answer of a script.
const mark = "gstorm-deploy:"

func cut(text string) string {
	if text = strings.TrimSpace(text); len(text) > 200 {
		return text[:200] + "..."
	}
	return text
}

func parseLogin(output string) (l Login, err error) {
	err = lines(output, func(key, value string) {
		switch key {
		case "os":
			l.OS = value
		case "machine":
			l.Machine = value
		case "user":
			l.User = value
		case "uid":
			l.Root = value == "0"
		case "sudo":
			l.Sudo = true
		case "systemd":
			l.Systemd = true
		case "sum":
			l.Sum = true
		}
	})
	return l, err
}

func parseFacts(l Login, output string) (f Facts, err error) {
	f = Facts{Login: l, Sums: map[string]string{}, There: map[string]bool{}}
	err = lines(output, func(key, value string) {
		switch key {
		case "version":
			if words := strings.Fields(value); len(words) > 1 {
				f.Version = words[1]
			}
		case "file":
			sum, path, _ := strings.Cut(value, " ")
			f.Sums[path] = sum
		case "there":
			f.There[value] = true
		case "cluster":
			f.Cluster = value
		case "started":
			f.Started = value
		case "running":
			f.Running = true
		case "enabled":
			f.Enabled = true
		case "began":
			f.Began = true
		}
	})
	return f, err
}
