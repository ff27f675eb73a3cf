package flux

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/gstorm/gstorm"
)

// maxWeight is how many nodes a document may have once its aliases are expanded: no topology has as many, but ten lines of
// aliases of aliases can have billions.
const maxWeight = 100_000

// maxDepth is how deep lists and mappings may be nested.
const maxDepth = 200

// parse reads a document as a tree of nodes; an empty one is a node of kind null.
func parse(s source) (*node, *gstorm.Problem) {
	if at, deep := tooDeep(s); deep {
		return nil, syntaxProblem(at, 0, fmt.Sprintf("lists and mappings are nested more than %d deep", maxDepth))
	}
	file, err := parseBytes(s.text)
	if err != nil {
		return nil, syntaxError(s, err)
	}
	c := converter{source: s, anchors: map[string]*node{}}
	var root *node
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		if root != nil {
			return nil, syntaxProblem(c.at(document.Body), 0, "there is more than one document in the file")
		}
		if root, err = c.node(document.Body, 0); err != nil {
			return nil, syntaxError(s, err)
		}
	}
	if root == nil {
		root = &node{kind: null, at: s.position(1)}
	}
	return root, nil
}

// parseBytes is the library's parser, whose panics are errors: the text is a user's, and the user has to hear of it.
func parseBytes(text string) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML can't be read: %v", p)
		}
	}()
	return parser.ParseBytes([]byte(text), 0)
}

// tooDeep finds a nesting within one line ([[[, - - -) over which the parser, whose time grows with the square of the
// depth, would not come to an end. Brackets in strings count too, which no topology has as many of.
func tooDeep(s source) (gstorm.Position, bool) {
	for i, line := range strings.Split(s.text, "\n") {
		depth := strings.Count(line, "- ")
		for _, c := range []byte(line) {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			}
			if depth > maxDepth {
				return s.position(i + 1), true
			}
		}
	}
	return gstorm.Position{}, false
}

// nodeError is an error about a node that the parser had nothing against.
type nodeError struct {
	token   *token.Token
	message string
}

func (e *nodeError) Error() string { return e.message }

func syntaxError(s source, err error) *gstorm.Problem {
	var own *nodeError
	var theirs yaml.Error
	message, t := err.Error(), (*token.Token)(nil)
	switch {
	case errors.As(err, &own):
		message, t = own.message, own.token
	case errors.As(err, &theirs):
		message, t = theirs.GetMessage(), theirs.GetToken()
	}
	if t == nil || t.Position == nil {
		return syntaxProblem(gstorm.Position{File: s.file}, 0, message)
	}
	return syntaxProblem(s.position(t.Position.Line), t.Position.Column, message)
}

// syntaxProblem is a problem with the YAML itself; column 0: unknown.
func syntaxProblem(at gstorm.Position, column int, message string) *gstorm.Problem {
	if column > 0 {
		message = fmt.Sprintf("column %d: %s", column, message)
	}
	return &gstorm.Problem{Severity: gstorm.Error, Message: message, At: at}
}
