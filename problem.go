package gstorm

import (
	"fmt"
	"sort"
	"strings"
)

// Position is a place in a user's file.
type Position struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// String is "file:line", as editors and terminals understand it; "" for no position.
func (p Position) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line <= 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Severity tells a mistake from a remark.
type Severity string

// An error keeps a topology from running; a warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a topology, where, and what to do about it.
type Problem struct {
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	At       Position `json:"at,omitzero"`
}

// String is one line: position, severity, message, hint.
func (p Problem) String() string {
	var b strings.Builder
	if at := p.At.String(); at != "" {
		b.WriteString(at + ": ")
	}
	b.WriteString(string(p.Severity) + ": " + p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems are all problems of a topology. As an error it stands for those of severity Error.
type Problems []Problem

// Errors are the problems that keep the topology from running.
func (ps Problems) Errors() Problems { return ps.of(Error) }

// Warnings are the others.
func (ps Problems) Warnings() Problems { return ps.of(Warning) }

func (ps Problems) of(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Error lists the problems, a line each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by file and line, so that people read them in the order of their file.
func (ps Problems) sorted() Problems {
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].At.File != ps[j].At.File {
			return ps[i].At.File < ps[j].At.File
		}
		return ps[i].At.Line < ps[j].At.Line
	})
	return ps
}
