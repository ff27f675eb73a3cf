package dependencies

import "strings"

// causes are what tools say that lack a part of themselves, which systems' packages may leave out, and what to do.
var causes = []struct{ said, cure string }{
	{"can't find gem bundler", "install bundler on this node: gem install bundler, or the system's package, such as ruby-bundler"},
	{"No module named venv", "install Python's module venv on this node: the system's package, such as python3-venv"},
	{"ensurepip is not available", "install Python's module venv on this node: the system's package, such as python3-venv"},
	{"No module named ensurepip", "install Python's module venv on this node: the system's package, such as python3-venv"},
}

// cure is what to do where what a tool has said tells; else the packages may not be needed at all.
func cure(step Step, said string) string {
	for _, cause := range causes {
		if strings.Contains(said, cause.said) {
			return cause.cure
		}
	}
	return notNeeded(step)
}
