package flux

import (
	"os"
	"path/filepath"

	"github.com/gstorm/gstorm"
)

// MaxSize is how many bytes a file may have, after substitution too.
const MaxSize = 256 << 10

// Loader reads topologies. Its zero value reads files from disk and replaces nothing.
type Loader struct {
	// Read reads a file; nil: os.ReadFile.
	Read func(file string) ([]byte, error)
	// Properties replace ${key}, and ${key[0]} with an element of a list (Flux's --filter).
	Properties map[string]string
	// Environment replaces ${ENV-NAME} (Flux's --env-filter); nil: such a key is looked up in Properties like any other.
	Environment func(name string) (value string, ok bool)
	// Resources is the working directory of the shell components, but for those that refuse it by changeChildCWD; "": that
	// of gstorm.
	Resources string
}

// Load reads the topology of a file and of those that it includes. Mistakes within a topology are in its Problems, where
// Validate finds them. A file that can't be read, is no YAML or needs a JVM as a whole is the error, a gstorm.Problems.
// Positions name files relative to the directory to which file is relative.
func (l Loader) Load(file string) (*gstorm.Topology, error) {
	r := &report{}
	d, ok := l.definition(file, gstorm.Position{File: file}, r)
	if !ok {
		return nil, r.problems
	}
	for _, n := range d.includes {
		if !l.include(d, file, n, r) {
			return nil, r.problems
		}
	}
	if d.source != nil {
		r.errorf(d.source.at, "topologySource makes the topology with a Java class, which gstorm can't run: declare spouts, bolts and streams instead")
		return nil, r.problems
	}
	t := newBuilder(d, l.Resources, r).topology()
	t.File, t.Problems = file, r.problems
	return t, nil
}

// definition reads one file. from is where it was asked for. It returns false after a problem that leaves nothing to go on
// with.
func (l Loader) definition(file string, from gstorm.Position, r *report) (*definition, bool) {
	text, err := l.read(file)
	if err != nil {
		r.errorf(from, "%v", err)
		return nil, false
	}
	source := l.substitute(file, string(text), r)
	if len(source.text) > MaxSize {
		r.errorf(from, "%s is larger than %d bytes", file, MaxSize)
		return nil, false
	}
	root, problem := parse(source)
	if problem != nil {
		r.problems = append(r.problems, *problem)
		return nil, false
	}
	d := newDefinition(root, r)
	return d, d != nil
}

// include merges the file that n, an item of includes, names into d.
func (l Loader) include(d *definition, file string, n *node, r *report) bool {
	keys := n.keys(r, "an include", "resource", "file", "override")
	name := keys["file"].string(r, "the file of an include")
	if name == "" {
		r.errorf(n.at, "an include has no file")
		return false
	}
	resource, override := keys["resource"].bool(r, "resource"), keys["override"].bool(r, "override")
	other, ok := l.definition(l.find(file, name, resource), n.at, r)
	if !ok {
		return false
	}
	for _, nested := range other.includes {
		r.warnf(nested.at, "an included file's own includes are not read, as in Storm")
	}
	d.merge(other, override)
	return true
}

// find says which file an include means. Flux looks for a file in its working directory, and for a resource on the class
// path, whose root in the usual layout is above the folder of the topologies. Beside the including file is looked first.
func (l Loader) find(file, name string, resource bool) string {
	dir := filepath.Dir(file)
	beside := filepath.Join(dir, name)
	candidates := []string{beside, filepath.Join(dir, "..", name)}
	if !resource {
		candidates[1] = filepath.Clean(name)
		if filepath.IsAbs(name) {
			return candidates[1]
		}
	}
	for _, candidate := range candidates {
		if _, err := l.read(candidate); err == nil {
			return candidate
		}
	}
	return beside
}

func (l Loader) read(file string) ([]byte, error) {
	if l.Read == nil {
		return os.ReadFile(file)
	}
	return l.Read(file)
}
