package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// write makes a folder of files: in a txtar archive, "-> TARGET" is a link, and a name that ends in .sh can be executed.
func write(t *testing.T, archive string) string {
	t.Helper()
	folder := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := filepath.Join(folder, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(strings.TrimSpace(string(f.Data)), "-> "); link {
			err = os.Symlink(target, file)
		} else {
			mode := os.FileMode(0o600)
			if strings.HasSuffix(f.Name, ".sh") {
				mode = 0o700
			}
			err = os.WriteFile(file, f.Data, mode)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// read is the opposite of write.
func read(t *testing.T, folder string) string {
	t.Helper()
	var a txtar.Archive
	err := filepath.WalkDir(folder, func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		f := txtar.File{Name: name}
		info, err := entry.Info()
		switch {
		case err != nil:
			return err
		case info.Mode().Type() == os.ModeSymlink:
			target, err := os.Readlink(file)
			if err != nil {
				return err
			}
			f.Data = []byte("-> " + target + "\n")
		default:
			if f.Data, err = os.ReadFile(file); err != nil {
				return err
			}
			if executable := info.Mode()&0o111 != 0; executable != strings.HasSuffix(name, ".sh") {
				t.Errorf("%s: mode %s", name, info.Mode())
			}
		}
		a.Files = append(a.Files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(txtar.Format(&a))
}

func pack(t *testing.T, folder string) []byte {
	t.Helper()
	var bundle bytes.Buffer
	if _, err := Pack(folder, &bundle); err != nil {
		t.Fatal(err)
	}
	return bundle.Bytes()
}

func TestPackAndUnpack(t *testing.T) {
	for name, c := range map[string]struct{ files, want string }{
		"files, folders, links, and what can be executed": {
			"-- a.rb --\nputs 1\n-- empty --\n-- in/deep/b.py --\nprint(1)\n-- in/link.py --\n-> deep/b.py\n-- in/up.rb --\n-> ../a.rb\n-- run.sh --\n#!/bin/sh\n",
			"-- a.rb --\nputs 1\n-- empty --\n-- in/deep/b.py --\nprint(1)\n-- in/link.py --\n-> deep/b.py\n-- in/up.rb --\n-> ../a.rb\n-- run.sh --\n#!/bin/sh\n",
		},
		"what nobody needs": {
			"-- .git/config --\nx\n-- a.py --\n1\n-- a.pyc --\nx\n-- in/__pycache__/a --\nx\n-- node_modules/a.js --\nkept: nothing says how to get it\n",
			"-- a.py --\n1\n-- node_modules/a.js --\nkept: nothing says how to get it\n",
		},
		"what a lock file says how to get": {
			"-- .bundle/config --\nx\n-- Gemfile --\nx\n-- Gemfile.lock --\nx\n-- in/node_modules/a.js --\nx\n-- node_modules/a.js --\nx\n-- package-lock.json --\nx\n-- package.json --\nx\n" +
				"-- requirements.txt --\nx\n-- vendor/bundle/a.rb --\nx\n-- .venv/a.py --\nx\n-- vendor/b.rb --\n1\n",
			"-- Gemfile --\nx\n-- Gemfile.lock --\nx\n-- in/node_modules/a.js --\nx\n-- package-lock.json --\nx\n-- package.json --\nx\n-- requirements.txt --\nx\n-- vendor/b.rb --\n1\n",
		},
		"what nothing here installs comes along": {
			"-- Gemfile --\nx\n-- node_modules/.bin/a --\n-> ../a/a.sh\n-- node_modules/a/a.sh --\nx\n-- package.json --\nx\n-- vendor/bundle/a.rb --\nx\n-- yarn.lock --\nx\n",
			"-- Gemfile --\nx\n-- node_modules/.bin/a --\n-> ../a/a.sh\n-- node_modules/a/a.sh --\nx\n-- package.json --\nx\n-- vendor/bundle/a.rb --\nx\n-- yarn.lock --\nx\n",
		},
		"a lock file that is left out says nothing": {
			"-- .gstormignore --\npackage-lock.json\n-- node_modules/a.js --\nx\n-- package-lock.json --\nx\n-- package.json --\nx\n",
			"-- .gstormignore --\npackage-lock.json\n-- node_modules/a.js --\nx\n-- package.json --\nx\n",
		},
		"virtual environments, wherever they are": {
			"-- a.py --\n1\n-- env/bin/python --\n-> /usr/bin/python3\n-- env/pyvenv.cfg --\nx\n-- in/.venv/bin/python --\n-> /usr/bin/python3\n-- in/.venv/pyvenv.cfg --\nx\n",
			"-- a.py --\n1\n",
		},
		"what the ignore file names": {
			"-- .gstormignore --\n# data\n*.csv\n/data/\n!data.csv\n-- a.csv --\nx\n-- data.csv --\nkept\n-- data/b --\nx\n-- in/data/c --\nkept\n",
			"-- .gstormignore --\n# data\n*.csv\n/data/\n!data.csv\n-- data.csv --\nkept\n-- in/data/c --\nkept\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "unpacked")
			if err := Unpack(bytes.NewReader(pack(t, write(t, c.files))), folder, DefaultLimits); err != nil {
				t.Fatal(err)
			}
			if got := read(t, folder); got != c.want {
				t.Errorf("unpacked is\n%swant\n%s", got, c.want)
			}
		})
	}
}

// The same files, at another time and place, are the same bundle.
func TestTheSameFilesAreTheSameBundle(t *testing.T) {
	const files = "-- a.rb --\nputs 1\n-- b/c.sh --\nx\n"
	one, other := write(t, files), write(t, files)
	if err := os.Chtimes(filepath.Join(other, "a.rb"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pack(t, one), pack(t, other)) {
		t.Error("they differ")
	}
}

func TestWhatCanNotBePacked(t *testing.T) {
	for want, files := range map[string]string{
		"in/x can't be packed: the link leads out of the folder, to ../../etc": "-- in/x --\n-> ../../etc\n",
		"x can't be packed: the link leads out of the folder, to /etc/passwd":  "-- x --\n-> /etc/passwd\n",
		"there are no files in": "-- .git/x --\n",
	} {
		if _, err := Pack(write(t, files), new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	folder := write(t, "-- a --\n")
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Pack(folder, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "pipe can't be packed") {
		t.Errorf("a pipe: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	const environment = "-- t/.venv/pyvenv.cfg --\nx\n"
	const left = "t/.venv: warning: it is left out: a virtual environment is of use only where it was made " +
		"(a requirements.txt beside the topology says how to make it again: pip freeze > requirements.txt)"
	for name, c := range map[string]struct{ files, want string }{
		"nothing to say":                           {"-- a --\n", ""},
		"an environment":                           {"-- a --\n" + environment, left},
		"one that can be made again":               {"-- t/requirements.txt --\n" + environment, ""},
		"one that the root says how to make":       {"-- requirements.txt --\n" + environment, ""},
		"one that is left out by name":             {"-- .gstormignore --\n.venv/\n" + environment, ""},
		"packages of a tool that nothing here has": {"-- package.json --\n-- yarn.lock --\n", "yarn.lock: warning: gstorm does not install by this file (submit it with its node_modules, or with a package-lock.json: npm install --package-lock-only)"},
	} {
		t.Run(name, func(t *testing.T) {
			summary, err := Pack(write(t, c.files), new(bytes.Buffer))
			if err != nil || summary.Warnings.Error() != c.want {
				t.Errorf("got %q, %v, want %q", summary.Warnings.Error(), err, c.want)
			}
		})
	}
}
