package blob

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bundleOf makes a bundle as somebody with bad intentions might.
func bundleOf(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range entries {
		if h.Typeflag == tar.TypeReg {
			h.Size = max(h.Size, 4)
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write(bytes.Repeat([]byte("x"), int(h.Size))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644} }

func link(name, target string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}
}

// TestNothingGetsOut: each of these is refused, and nothing outside of the folder is made or changed.
func TestNothingGetsOut(t *testing.T) {
	limits := Limits{Bytes: 100, Files: 3}
	for name, entries := range map[string][]tar.Header{
		"a name that leads up":           {file("../out")},
		"one that does in its middle":    {file("in/../../out")},
		"one that does, and comes back":  {file("in/../in/a")},
		"an absolute name":               {file("/tmp/gstorm-out")},
		"an empty name":                  {file("")},
		"the folder itself":              {file(".")},
		"a link that leads up":           {link("a", "../out")},
		"an absolute link":               {link("a", "/etc/passwd")},
		"a link to a link":               {link("a", "b"), link("b", "../out")},
		"a file through a link":          {link("a", "in"), file("in/b"), file("a/c")},
		"a link in a link":               {link("a", "."), link("a/up", "..")},
		"a file in the place of another": {file("a"), file("a")},
		"a file in the place of a link":  {link("a", "b"), file("a")},
		"a hard link":                    {{Typeflag: tar.TypeLink, Name: "a", Linkname: "/etc/passwd"}},
		"a device":                       {{Typeflag: tar.TypeChar, Name: "a", Devmajor: 1, Devminor: 3}},
		"a pipe":                         {{Typeflag: tar.TypeFifo, Name: "a"}},
		"too many files":                 {file("a"), file("b"), file("c"), file("d")},
		"too many bytes":                 {file("a"), {Typeflag: tar.TypeReg, Name: "b", Size: 97}},
		"a file where a folder would be": {file("a"), file("a/b")},
	} {
		t.Run(name, func(t *testing.T) {
			around := t.TempDir()
			err := Unpack(bytes.NewReader(bundleOf(t, entries...)), filepath.Join(around, "folder"), limits)
			if err == nil {
				t.Error("it was unpacked")
			}
			if left, _ := os.ReadDir(around); len(left) != 1 {
				t.Errorf("beside the folder there is %v", left)
			}
			if _, err := os.Lstat("/tmp/gstorm-out"); err == nil {
				t.Error("there is /tmp/gstorm-out")
			}
		})
	}
}

// A bomb is found by what its entries say, before it goes off.
func TestABomb(t *testing.T) {
	bomb := bundleOf(t, tar.Header{Typeflag: tar.TypeReg, Name: "bomb", Size: 8 << 20})
	folder := filepath.Join(t.TempDir(), "folder")
	if err := Unpack(bytes.NewReader(bomb), folder, Limits{Bytes: 1 << 20}); err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes") {
		t.Errorf("%d bytes of bundle: %v", len(bomb), err)
	}
}

// FuzzUnpack: whatever the bytes are, nothing but the folder is made.
func FuzzUnpack(f *testing.F) {
	f.Add(bundleOf(f, file("a"), link("in/b", "../a")))
	f.Add(bundleOf(f, link("a", "b"), link("b", "."), file("a/b/c")))
	f.Add([]byte("no bundle"))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		around := t.TempDir()
		_ = Unpack(bytes.NewReader(bundle), filepath.Join(around, "folder"), Limits{Bytes: 1 << 16, Files: 20})
		if left, _ := os.ReadDir(around); len(left) > 1 {
			t.Errorf("beside the folder there is %v", left)
		}
	})
}
