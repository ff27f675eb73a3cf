package goplugin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
)

// module is the path of gstorm's module, which every program that has components for it is built with.
const module = "github.com/gstorm/gstorm"

// keptFor is how long a program that was not used stays in the cache.
const keptFor = 7 * 24 * time.Hour

// programOf is the path of the program that a request's file is, or is built to. It lies in the user's cache under a name
// that its content gives it, so that all tasks of a run, also those that are started again, are the same program whatever is
// built meanwhile.
func programOf(ctx context.Context, r adapters.Request) (string, error) {
	info, err := os.Stat(r.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", problem(r.File, "there is no such file", "")
	case err != nil:
		return "", problem(r.File, "the file can't be read: "+err.Error(), "")
	}
	program := r.File
	if info.IsDir() || filepath.Ext(r.File) == ".go" {
		if r.SHA256 != "" {
			return "", problem(r.File, "a checksum is for a program that was built, not for its source", "")
		}
		if program, err = build(ctx, r, info.IsDir()); err != nil {
			return "", err
		}
	} else if err := usesGstorm(r.File); err != nil {
		return "", err
	}
	return keep(program, r)
}

// isProgram reports whether a file is a program that Go has built.
func isProgram(file string) bool {
	_, err := buildinfo.ReadFile(file)
	return err == nil
}

// usesGstorm looks at what a program was built of before it is started.
func usesGstorm(file string) error {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return problem(file, "it is no program that Go has built: "+err.Error(), "")
	}
	if info.Main.Path == module {
		return nil
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return nil
		}
	}
	return problem(file, "the program was built without gstorm, so it can't declare a topology", "its main has to call plugin.Main of "+module+"/plugin")
}

// keep brings a program to the cache, if it has the checksum that it must have.
func keep(program string, r adapters.Request) (string, error) {
	sum, err := checksum(program)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", r.File, err)
	}
	if err := compare(r.File, sum, r.SHA256); err != nil {
		return "", err
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	kept := filepath.Join(dir, fmt.Sprintf("%s-%x", programName(r.File), sum[:8]))
	now := time.Now()
	if there, err := checksum(kept); err == nil && slices.Equal(there, sum) {
		_ = os.Chtimes(kept, now, now) // it is used: a cache that can't be written to is kept by somebody else
		return kept, nil
	}
	if err := place(program, kept); err != nil {
		return "", fmt.Errorf("put %s into the cache: %w", r.File, err)
	}
	clean(dir, now)
	return kept, nil
}

// compare says whether a checksum is the one that is wanted.
func compare(file string, sum []byte, wanted string) error {
	if wanted == "" {
		return nil
	}
	want, err := hex.DecodeString(strings.TrimPrefix(strings.ToLower(wanted), "sha256:"))
	if err != nil || len(want) != sha256.Size {
		return problem(file, fmt.Sprintf("the checksum %q is not one: SHA-256 has 64 hexadecimal digits", wanted), "")
	}
	if subtle.ConstantTimeCompare(sum, want) != 1 {
		return problem(file, fmt.Sprintf("the program's SHA-256 is %x, not %x: it is not started", sum, want), "")
	}
	return nil
}

func checksum(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// place copies a program. It appears whole or not at all.
func place(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Chmod(0o755), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return nil
}

// clean removes programs that were not used for long. What can't be removed stays.
func clean(dir string, now time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > keptFor {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// cacheDir is where programs are kept: the user's cache, or else a directory for temporary files that is the user's alone.
func cacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		dir := filepath.Join(cache, "gstorm", "go")
		if err = os.MkdirAll(dir, 0o755); err == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("gstorm-go-%d", os.Getuid()))
	if mkdirErr := os.MkdirAll(dir, 0o700); mkdirErr != nil {
		return "", fmt.Errorf("find a directory for programs: %w", errors.Join(err, mkdirErr))
	}
	return dir, nil
}

// programName is what a program is called after: the file without its ending, or the directory.
func programName(file string) string {
	if whole, err := filepath.Abs(file); err == nil {
		file = whole
	}
	return strings.TrimSuffix(filepath.Base(file), ".go")
}

func problem(file, message, hint string) gstorm.Problems {
	return gstorm.Problems{{Severity: gstorm.Error, Message: message, Hint: hint, At: gstorm.Position{File: file}}}
}
