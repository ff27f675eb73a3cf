package flux

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/gstorm/gstorm"
)

// converter makes nodes of the parser's.
type converter struct {
	source  source
	anchors map[string]*node
}

// at is where a node begins.
func (c *converter) at(n ast.Node) gstorm.Position {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return c.source.position(t.Position.Line)
	}
	return c.source.position(1)
}

func (c *converter) node(n ast.Node, depth int) (*node, error) {
	if n == nil {
		return &node{kind: null, at: c.source.position(1), weight: 1}, nil
	}
	if depth > maxDepth {
		return nil, &nodeError{n.GetToken(), fmt.Sprintf("lists and mappings are nested more than %d deep", maxDepth)}
	}
	made, err := c.convert(n, depth)
	if err != nil {
		return nil, err
	}
	if made.weight > maxWeight {
		return nil, &nodeError{n.GetToken(), fmt.Sprintf("with its aliases expanded it has more than %d values", maxWeight)}
	}
	return made, nil
}

func (c *converter) convert(n ast.Node, depth int) (*node, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return c.mapping(n, n.Values, depth)
	case *ast.MappingValueNode:
		return c.mapping(n, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return c.array(n, depth)
	case *ast.AnchorNode:
		value, err := c.node(n.Value, depth+1)
		if err == nil && n.Name != nil && n.Name.GetToken() != nil {
			c.anchors[n.Name.GetToken().Value] = value
		}
		return value, err
	case *ast.AliasNode:
		return c.alias(n)
	case *ast.TagNode:
		return c.tagged(n, depth)
	}
	return c.scalar(n)
}

func (c *converter) alias(n *ast.AliasNode) (*node, error) {
	if n.Value == nil || n.Value.GetToken() == nil {
		return nil, &nodeError{n.Start, "an alias has no name"}
	}
	name := n.Value.GetToken().Value
	if anchored, ok := c.anchors[name]; ok {
		return anchored, nil
	}
	return nil, &nodeError{n.Start, fmt.Sprintf("no anchor &%s stands before the alias *%s", name, name)}
}

// tagged heeds the tag that says that a scalar is text; tags of Java classes are refused.
func (c *converter) tagged(n *ast.TagNode, depth int) (*node, error) {
	value, err := c.node(n.Value, depth+1)
	if err != nil {
		return nil, err
	}
	switch tag := n.Start.Value; {
	case tag == string(token.StringTag) && value.kind == scalar:
		text := *value
		text.value = text.text
		return &text, nil
	case token.ReservedTagKeywordMap[token.ReservedTagKeyword(tag)] == nil:
		return nil, &nodeError{n.Start, fmt.Sprintf("the tag %s is unknown", tag)}
	}
	return value, nil
}

func (c *converter) array(n *ast.SequenceNode, depth int) (*node, error) {
	made := &node{at: c.at(n), kind: array, weight: 1}
	for _, v := range n.Values {
		item, err := c.node(v, depth+1)
		if err != nil {
			return nil, err
		}
		made.items = append(made.items, item)
		made.weight += item.weight
	}
	return made, nil
}

// mapping makes a mapping. Its position is that of its first key, for the parser's is the colon behind it.
func (c *converter) mapping(n ast.Node, values []*ast.MappingValueNode, depth int) (*node, error) {
	made := &node{at: c.at(n), kind: mapping, weight: 1}
	var merged []entry
	for i, v := range values {
		value, err := c.node(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		made.weight += value.weight
		if v.Key.IsMergeKey() {
			found, err := mergeable(v.Key.GetToken(), value)
			if err != nil {
				return nil, err
			}
			merged = append(merged, found...)
			continue
		}
		key, err := c.key(v.Key, depth)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			made.at = key.at
		}
		made.entries = append(made.entries, entry{key.text, key.at, value})
	}
	for _, e := range merged { // the mapping's own keys, and those merged first, count
		if made.get(e.key) == nil {
			made.entries = append(made.entries, e)
		}
	}
	return made, nil
}

func (c *converter) key(k ast.MapKeyNode, depth int) (*node, error) {
	var n ast.Node = k
	if explicit, ok := k.(*ast.MappingKeyNode); ok { // ? key
		n = explicit.Value
	}
	key, err := c.node(n, depth+1)
	if err == nil && key.kind == null {
		key.text = "null"
	} else if err == nil && key.kind != scalar {
		err = &nodeError{k.GetToken(), "a key is " + string(key.kind)}
	}
	return key, err
}

// mergeable are the entries that the value of the key << brings.
func mergeable(t *token.Token, value *node) ([]entry, error) {
	sources := []*node{value}
	if value.kind == array {
		sources = value.items
	}
	var entries []entry
	for _, s := range sources {
		if s.kind != mapping {
			return nil, &nodeError{t, "<< merges mappings, not " + string(s.kind)}
		}
		entries = append(entries, s.entries...)
	}
	return entries, nil
}

func (c *converter) scalar(n ast.Node) (*node, error) {
	made := &node{at: c.at(n), kind: scalar, weight: 1}
	if t := n.GetToken(); t != nil {
		made.text = t.Value
	}
	switch n := n.(type) {
	case *ast.NullNode:
		made.kind, made.text = null, ""
	case *ast.BoolNode:
		made.value = n.Value
	case *ast.IntegerNode:
		made.value = n.Value
	case *ast.FloatNode:
		made.value = n.Value
	case *ast.LiteralNode:
		made.text = n.Value.Value
		made.value = made.text
	case *ast.StringNode:
		made.text = n.Value
		made.value = plain(n)
	default:
		return nil, &nodeError{n.GetToken(), fmt.Sprintf("%s is nothing that a topology can hold", made.text)}
	}
	return made, nil
}

// plain is the value of a string. Without quotes, yes and no and their like are truth values to Flux, which reads YAML 1.1.
func plain(n *ast.StringNode) any {
	if n.Token == nil || n.Token.Type != token.StringType {
		return n.Value
	}
	switch n.Value {
	case "yes", "Yes", "YES", "on", "On", "ON":
		return true
	case "no", "No", "NO", "off", "Off", "OFF":
		return false
	}
	return n.Value
}
