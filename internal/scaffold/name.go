package scaffold

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pythonNames are the words and modules of Python: a file that is called like one of them can't be imported, or is
// imported by others in its place.
//
//go:embed python_names.txt
var pythonNames string

var (
	validName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*$`)
	// newWord is where a word begins in WordCount or JSONLines.
	newWord = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
)

// name is what a topology is called, in words in lower case.
type name []string

// newName reads word_count, word-count or WordCount.
func newName(text string) (name, error) {
	if !validName.MatchString(text) {
		return nil, fmt.Errorf("%q is no name for a topology: expected a letter, then letters and digits, with - or _ between words, as in word_count", text)
	}
	separated := newWord.ReplaceAllString(text, "${1}${3}_${2}${4}")
	return strings.FieldsFunc(strings.ToLower(separated), func(r rune) bool { return r == '_' || r == '-' }), nil
}

// snake is the name as those of files and topologies are written.
func (n name) snake() string { return strings.Join(n, "_") }

// class is the name of the topology's class. It ends in Topology, so that it isn't that of anything else.
func (n name) class() string {
	words := n
	if last := len(n) - 1; last > 0 && n[last] == "topology" {
		words = n[:last]
	}
	class := ""
	for _, word := range append(slices.Clone(words), "topology") {
		class += strings.ToUpper(word[:1]) + word[1:]
	}
	return class
}

// checkPython returns an error if the topology's file can't have this name in Python.
func (n name) checkPython() error {
	if slices.Contains(strings.Fields(pythonNames), n.snake()) {
		return fmt.Errorf("%q is no name for a topology in Python, which has something else of that name", n.snake())
	}
	return nil
}
