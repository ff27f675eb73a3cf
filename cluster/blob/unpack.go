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
)

// Limits bound what a bundle may unpack to. Zero: no limit.
type Limits struct {
	Bytes int64
	Files int
}

// DefaultLimits are more than a topology's files should ever need.
var DefaultLimits = Limits{Bytes: 2 << 30, Files: 200_000}

// Unpack makes a folder, which must not be there yet, of a bundle. After an error there may be a part of it.
func Unpack(r io.Reader, folder string, limits Limits) (err error) {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	plain, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("it is no bundle: %w", err)
	}
	u := &unpacker{root: root, limits: limits, folders: map[string]bool{}, left: limits.Bytes}
	entries := tar.NewReader(plain)
	for {
		h, err := entries.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no bundle, or a part of one: %w", err)
		}
		if err := u.entry(h, entries); err != nil {
			return fmt.Errorf("%q in the bundle: %w", h.Name, err)
		}
	}
}

// unpacker writes into a root, out of which nothing leads.
type unpacker struct {
	root    *os.Root
	limits  Limits
	folders map[string]bool // that it has made
	files   int
	left    int64
}

func (u *unpacker) entry(h *tar.Header, content io.Reader) error {
	if u.files++; u.limits.Files > 0 && u.files > u.limits.Files {
		return fmt.Errorf("there are more than %d files", u.limits.Files)
	}
	name := filepath.FromSlash(h.Name)
	if !filepath.IsLocal(name) || path.Clean(h.Name) != h.Name {
		return errors.New("the name leads out of the folder, or is no plain one")
	}
	if err := u.folder(filepath.Dir(name)); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeReg:
		return u.file(h, name, content)
	case tar.TypeSymlink:
		if !inside(h.Name, h.Linkname) {
			return fmt.Errorf("the link leads out of the folder, to %q", h.Linkname)
		}
		return u.root.Symlink(filepath.FromSlash(h.Linkname), name)
	}
	return fmt.Errorf("an entry of type %q is neither a file nor a link", h.Typeflag)
}

// folder makes a folder. None of its parts may be a link: what a link in it leads to could not be told by its name.
func (u *unpacker) folder(name string) error {
	if name == "." || u.folders[name] {
		return nil
	}
	if err := u.folder(filepath.Dir(name)); err != nil {
		return err
	}
	err := u.root.Mkdir(name, 0o755)
	if errors.Is(err, fs.ErrExist) {
		err = errors.New("it is below what is no folder")
	}
	u.folders[name] = err == nil
	return err
}

func (u *unpacker) file(h *tar.Header, name string, content io.Reader) (err error) {
	if u.limits.Bytes > 0 {
		if h.Size > u.left {
			return fmt.Errorf("the files are more than %d bytes", u.limits.Bytes)
		}
		u.left -= h.Size
	}
	mode := os.FileMode(0o644)
	if h.Mode&0o111 != 0 {
		mode = 0o755
	}
	file, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, content, h.Size)
	return errors.Join(err, file.Close())
}
