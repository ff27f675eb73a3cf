// Package apitest holds the public interface to what a file says it is: a change of it is a change of that file, which a
// reviewer sees; and every name in it is documented.
package apitest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// Summary returns the declarations of a package's exported names, sorted, without comments and bodies, and which of the
// names have no comment.
func Summary(dir fs.FS, path string) (text string, undocumented []string, err error) {
	files := token.NewFileSet()
	var parsed []*ast.File
	names, err := fs.Glob(dir, "*.go")
	if err != nil {
		return "", nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := fs.ReadFile(dir, name)
		if err != nil {
			return "", nil, err
		}
		file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return "", nil, err
		}
		parsed = append(parsed, file)
	}
	p, err := doc.NewFromFiles(files, parsed, path)
	if err != nil {
		return "", nil, err
	}
	s := summary{files: files}
	fmt.Fprintf(&s.out, "package %s // %s\n", p.Name, path)
	if p.Doc == "" {
		s.undocumented = append(s.undocumented, "package "+p.Name)
	}
	s.values("", p.Consts)
	s.values("", p.Vars)
	s.functions("", p.Funcs)
	for _, t := range p.Types {
		s.typ(t)
	}
	return s.out.String(), s.undocumented, nil
}

type summary struct {
	files        *token.FileSet
	out          bytes.Buffer
	undocumented []string
}

func (s *summary) typ(t *doc.Type) {
	s.noteUnless(t.Doc, t.Name)
	s.members(t)
	s.declare(t.Decl)
	s.values(t.Name, t.Consts)
	s.values(t.Name, t.Vars)
	s.functions("", t.Funcs)
	s.functions(t.Name+".", t.Methods)
}

// members looks at the comments of an interface's methods. Fields of structs may speak for themselves.
func (s *summary) members(t *doc.Type) {
	for _, spec := range t.Decl.Specs {
		in, ok := spec.(*ast.TypeSpec).Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		for _, m := range in.Methods.List {
			if len(m.Names) > 0 && m.Doc == nil && m.Comment == nil && len(in.Methods.List) > 2 {
				s.undocumented = append(s.undocumented, t.Name+"."+m.Names[0].Name)
			}
		}
	}
}

func (s *summary) functions(of string, all []*doc.Func) {
	for _, f := range all {
		s.noteUnless(f.Doc, of+f.Name)
		f.Decl.Body = nil
		s.declare(f.Decl)
	}
}

func (s *summary) values(of string, all []*doc.Value) {
	for _, v := range all {
		for _, spec := range v.Decl.Specs {
			each := spec.(*ast.ValueSpec)
			s.noteUnless(v.Doc+each.Doc.Text()+each.Comment.Text(), strings.TrimPrefix(of+" "+each.Names[0].Name, " "))
		}
		s.declare(v.Decl)
	}
}

func (s *summary) noteUnless(comment, name string) {
	if strings.TrimSpace(comment) == "" {
		s.undocumented = append(s.undocumented, name)
	}
}

// declare writes a declaration without its comments.
func (s *summary) declare(decl ast.Decl) {
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			n.Doc = nil
		case *ast.FuncDecl:
			n.Doc = nil
		case *ast.TypeSpec:
			n.Doc, n.Comment = nil, nil
		case *ast.ValueSpec:
			n.Doc, n.Comment = nil, nil
		case *ast.Field:
			n.Doc, n.Comment = nil, nil
		}
		return true
	})
	s.out.WriteByte('\n')
	if err := format.Node(&s.out, s.files, decl); err != nil {
		fmt.Fprintf(&s.out, "// %v", err)
	}
	s.out.WriteByte('\n')
}
