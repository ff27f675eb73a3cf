package blob

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/dependencies"
)

// IgnoreFile names, in a folder, what does not belong into its bundle, in the syntax of .gitignore.
const IgnoreFile = ".gstormignore"

// Summary says what was packed.
type Summary struct {
	Files int
	Bytes int64 // before compression
	// Warnings are about packages that the topology may find here and not where the bundle is unpacked.
	Warnings gstorm.Problems
}

// Pack writes the bundle of a folder to w. The same files make the same bundle: names, contents, and which may be executed
// are in it, times and owners are not. Left out is what IgnoreFile names; what is of version control, editors and
// interpreters' caches; and installed dependencies where a lock file in the folder says how to install them again (package
// dependencies), else they are packed like all else. Virtual environments are always left out, as they are of use only on the
// machine and at the place where they were made: one that no lock file says how to make again is a warning.
//
// A link is packed as a link, and has to lead to something in the folder. What can't be packed is an error that names it.
func Pack(folder string, w io.Writer) (Summary, error) {
	ignored, steps, err := readIgnored(folder)
	if err != nil {
		return Summary{}, err
	}
	compressed := gzip.NewWriter(w)
	p := &packer{folder: folder, ignored: ignored, tar: tar.NewWriter(compressed)}
	for _, step := range steps {
		if step.Advice != "" {
			p.warn(step.Lock, "gstorm does not install by this file", step.Advice)
		}
	}
	err = filepath.WalkDir(folder, p.visit) // in the order of names
	if err == nil && p.Files == 0 {
		err = fmt.Errorf("there are no files in %s", folder)
	}
	return p.Summary, errors.Join(err, p.tar.Close(), compressed.Close())
}

type packer struct {
	Summary
	folder  string
	ignored *ignored
	tar     *tar.Writer
}

func (p *packer) visit(file string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	name, err := filepath.Rel(p.folder, file)
	if err != nil || name == "." {
		return err
	}
	name = filepath.ToSlash(name)
	if p.ignored.has(name, entry.IsDir()) {
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	if entry.IsDir() && isEnvironment(file) {
		return p.leaveOut(name)
	}
	switch entry.Type() {
	case fs.ModeDir:
		return nil // made by what is in it
	case 0:
		err = p.file(file, name)
	case fs.ModeSymlink:
		err = p.link(file, name)
	default:
		err = fmt.Errorf("it is neither a file nor a link; name it in %s", IgnoreFile)
	}
	if err != nil {
		return fmt.Errorf("%s can't be packed: %w", name, err)
	}
	p.Files++
	return nil
}

// isEnvironment reports whether a folder is a virtual environment of Python.
func isEnvironment(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, "pyvenv.cfg"))
	return err == nil && info.Mode().IsRegular()
}

// leaveOut leaves a virtual environment out.
func (p *packer) leaveOut(name string) error {
	steps, err := dependencies.FindWithout(p.folder, name, p.ignored.has) // what is beside it, and in the root
	if err != nil {
		return err
	}
	for _, step := range steps {
		if slices.ContainsFunc(step.Installs, func(folder string) bool { return path.Base(folder) == ".venv" }) {
			return fs.SkipDir
		}
	}
	p.warn(name, "it is left out: a virtual environment is of use only where it was made",
		"a requirements.txt beside the topology says how to make it again: pip freeze > requirements.txt")
	return fs.SkipDir
}

func (p *packer) warn(file, message, hint string) {
	p.Warnings = append(p.Warnings, gstorm.Problem{Severity: gstorm.Warning, Message: message, Hint: hint, At: gstorm.Position{File: file}})
}

func (p *packer) file(file, name string) (err error) {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	mode := int64(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	if err := p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: info.Size(), Mode: mode}); err != nil {
		return err
	}
	n, err := io.Copy(p.tar, from)
	p.Bytes += n
	if err == nil && n < info.Size() {
		err = errors.New("it has become shorter meanwhile")
	}
	if errors.Is(err, tar.ErrWriteTooLong) {
		err = errors.New("it has become longer meanwhile")
	}
	return err
}

func (p *packer) link(file, name string) error {
	target, err := os.Readlink(file)
	if err != nil {
		return err
	}
	target = filepath.ToSlash(target)
	if !inside(name, target) {
		return fmt.Errorf("the link leads out of the folder, to %s: put a copy in its place, or name it in %s", target, IgnoreFile)
	}
	return p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777})
}

// inside reports whether a link at name, with slashes, leads to something in the same folder or below it.
func inside(name, target string) bool {
	if target == "" || path.IsAbs(target) || filepath.IsAbs(target) || strings.Contains(target, "\x00") {
		return false
	}
	return filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(name), target)))
}
