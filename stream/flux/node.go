package flux

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
)

// node is a piece of a YAML document: nothing, a scalar, a list or a mapping. A nil *node stands for a key that is absent;
// all methods work on it. Nodes that an alias names are shared, so nobody changes one.
type node struct {
	at      gstorm.Position
	kind    kind
	value   any     // of a scalar: string, bool, int64, uint64 or float64
	text    string  // of a scalar: as it is written, without quotes
	items   []*node // of a list
	entries []entry // of a mapping
	weight  int     // how many nodes it is with all below it, aliases expanded
}

type kind string

const (
	null    kind = "nothing"
	scalar  kind = "a scalar"
	array   kind = "a list"
	mapping kind = "a mapping"
)

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	at    gstorm.Position
	value *node
}

// empty reports whether there is nothing.
func (n *node) empty() bool { return n == nil || n.kind == null }

// is reports whether the node is of the kind; what it is that is not is reported. Nothing is of no kind, unreported.
func (n *node) is(k kind, r *report, what string) bool {
	if n.empty() {
		return false
	}
	if n.kind != k {
		r.errorf(n.at, "%s is %s, it must be %s", what, n.kind, k)
	}
	return n.kind == k
}

// get is the value of a key of a mapping; nil where there is none.
func (n *node) get(key string) *node {
	if n != nil {
		for _, e := range n.entries {
			if e.key == key {
				return e.value
			}
		}
	}
	return nil
}

// keys are the values of a mapping that has none but the known keys; what is not known is reported, since Flux refuses it
// too.
func (n *node) keys(r *report, what string, known ...string) map[string]*node {
	found := map[string]*node{}
	if !n.is(mapping, r, what) {
		return found
	}
	for _, e := range n.entries {
		if !slices.Contains(known, e.key) {
			r.errorf(e.at, "%s has no key %q (its keys: %s)", what, e.key, strings.Join(known, ", "))
			continue
		}
		found[e.key] = e.value
	}
	return found
}

// string is the text of a scalar as it is written, so that a field called 1 or yes keeps its name; "" for nothing.
func (n *node) string(r *report, what string) string {
	if !n.is(scalar, r, what) {
		return ""
	}
	return n.text
}

// bool is a truth value; false for nothing.
func (n *node) bool(r *report, what string) bool {
	if !n.is(scalar, r, what) {
		return false
	}
	b, ok := n.value.(bool)
	if !ok {
		r.errorf(n.at, "%s is %q, it must be true or false", what, n.text)
	}
	return b
}

// int is a whole number; otherwise for nothing and for what is none, which is reported.
func (n *node) int(r *report, what string, otherwise int) int {
	if !n.is(scalar, r, what) {
		return otherwise
	}
	if i, ok := n.value.(int64); ok && int64(int(i)) == i {
		return int(i)
	}
	if i, err := strconv.Atoi(n.text); err == nil { // in quotes, which Flux takes as well
		return i
	}
	r.errorf(n.at, "%s is %q, it must be a whole number", what, n.text)
	return otherwise
}

// list are the items of a list; none for nothing.
func (n *node) list(r *report, what string) []*node {
	if !n.is(array, r, what) {
		return nil
	}
	return n.items
}

// any is the value as a configuration holds it.
func (n *node) any() any {
	if n.empty() {
		return nil
	}
	switch n.kind {
	case array:
		values := make([]any, len(n.items))
		for i, item := range n.items {
			values[i] = item.any()
		}
		return values
	case mapping:
		values := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			values[e.key] = e.value.any()
		}
		return values
	}
	return n.value
}
