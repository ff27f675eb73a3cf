package deploy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/gstorm/gstorm"
)

// value is a piece of the file with its line. A nil *value stands for a key that is not there.
type value struct {
	at      gstorm.Position
	text    string  // of a scalar, as it is written, without quotes
	scalar  bool    // neither a list nor a mapping
	items   []value // of a list
	entries []entry // of a mapping
}

// entry is a key of a mapping.
type entry struct {
	key   string
	at    gstorm.Position
	value *value
}

// kind is what messages call it.
func (v *value) kind() string {
	switch {
	case v.scalar:
		return strconv.Quote(v.text)
	case v.entries != nil:
		return "a mapping"
	}
	return "a list"
}

// problems gathers what is wrong with a file.
type problems gstorm.Problems

func (p *problems) addf(at gstorm.Position, format string, args ...any) {
	*p = append(*p, gstorm.Problem{Severity: gstorm.Error, At: at, Message: fmt.Sprintf(format, args...)})
}

// parse reads YAML, of which a list of machines needs scalars, lists and mappings; aliases, anchors and tags are refused.
func parse(path string, text []byte) (root *value, wrong problems) {
	defer func() {
		if p := recover(); p != nil { // the library's, and the user has to hear of it
			wrong.addf(gstorm.Position{File: path}, "the YAML can't be read: %v", p)
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	var theirs yaml.Error
	switch {
	case errors.As(err, &theirs):
		at := gstorm.Position{File: path}
		if t := theirs.GetToken(); t != nil && t.Position != nil {
			at.Line = t.Position.Line
		}
		wrong.addf(at, "%s", theirs.GetMessage())
		return nil, wrong
	case err != nil:
		wrong.addf(gstorm.Position{File: path}, "%v", err)
		return nil, wrong
	}
	for _, document := range file.Docs {
		switch {
		case document.Body == nil:
		case root != nil:
			wrong.addf(position(path, document.Body), "there is more than one document in the file")
		default:
			root = convert(path, document.Body, &wrong)
		}
	}
	return root, wrong
}

func position(path string, n ast.Node) gstorm.Position {
	at := gstorm.Position{File: path}
	if t := n.GetToken(); t != nil && t.Position != nil {
		at.Line = t.Position.Line
	}
	return at
}

// convert is what a node of the parser's means; nil for nothing.
func convert(path string, n ast.Node, wrong *problems) *value {
	v := &value{at: position(path, n)}
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		wrong.addf(v.at, "anchors, aliases and tags have no meaning here: write out what is meant")
		return nil
	case *ast.NullNode:
		return nil
	case ast.MapNode:
		v.entries = []entry{}
		for all := n.MapRange(); all.Next(); {
			key := all.Key()
			e := entry{key: key.GetToken().Value, at: position(path, key)}
			if slices.ContainsFunc(v.entries, func(other entry) bool { return other.key == e.key }) {
				wrong.addf(e.at, "%s stands here twice", e.key)
				continue
			}
			e.value = convert(path, all.Value(), wrong)
			v.entries = append(v.entries, e)
		}
	case *ast.SequenceNode:
		for _, item := range n.Values {
			if i := convert(path, item, wrong); i != nil {
				v.items = append(v.items, *i)
			}
		}
	case *ast.LiteralNode:
		v.scalar, v.text = true, n.Value.Value
	case *ast.StringNode:
		v.scalar, v.text = true, n.Value
	case ast.ScalarNode:
		v.scalar, v.text = true, n.GetToken().Value
	default:
		wrong.addf(v.at, "this has no meaning here: a value, a list or a mapping is expected")
		return nil
	}
	return v
}

// keys are the values of a mapping by key; a key that is not known is a problem that names the nearest.
func (v *value) keys(wrong *problems, what string, known ...string) map[string]*value {
	found := map[string]*value{}
	if v == nil {
		return found
	}
	if v.entries == nil {
		wrong.addf(v.at, "%s is %s: a mapping is expected, with some of %s", what, v.kind(), strings.Join(known, ", "))
		return found
	}
	for _, e := range v.entries {
		if !slices.Contains(known, e.key) {
			message := fmt.Sprintf("%s has no key %q", what, e.key)
			if near := gstorm.Nearest(e.key, known); near != "" {
				message += fmt.Sprintf(", did you mean %s?", near)
			} else {
				message += ", but " + strings.Join(known, ", ")
			}
			wrong.addf(e.at, "%s", message)
			continue
		}
		found[e.key] = e.value
	}
	return found
}

// string is a scalar; otherwise for nothing, and for what is none, which is a problem.
func (v *value) string(wrong *problems, what, otherwise string) string {
	if v == nil {
		return otherwise
	}
	switch {
	case !v.scalar:
		wrong.addf(v.at, "%s is %s: one value is expected", what, v.kind())
		return otherwise
	case strings.ContainsFunc(v.text, func(c rune) bool { return c < ' ' || c == 0x7f }):
		wrong.addf(v.at, "%s has a character that can't be seen", what)
		return otherwise
	}
	return v.text
}

// list is a list of scalars; one alone is a list of one.
func (v *value) list(wrong *problems, what string) []string {
	switch {
	case v == nil:
		return nil
	case v.scalar:
		return []string{v.string(wrong, what, "")}
	}
	if v.entries != nil {
		wrong.addf(v.at, "%s is a mapping: a list is expected", what)
	}
	var all []string
	for i := range v.items {
		all = append(all, v.items[i].string(wrong, what, ""))
	}
	return all
}

// number is a whole number that is not below least.
func (v *value) number(wrong *problems, what string, least, most, otherwise int) int {
	text := v.string(wrong, what, strconv.Itoa(otherwise))
	n, err := strconv.Atoi(text)
	if err != nil || v != nil && (n < least || n > most) {
		wrong.addf(v.at, "%s is %q: a whole number from %d to %d is expected", what, text, least, most)
		return otherwise
	}
	return n
}

// truth is true or false.
func (v *value) truth(wrong *problems, what string, otherwise bool) bool {
	switch v.string(wrong, what, strconv.FormatBool(otherwise)) {
	case "true":
		return true
	case "false":
		return false
	}
	wrong.addf(v.at, "%s is %s: true or false is expected", what, v.kind())
	return otherwise
}
