package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// Policy is the Content-Security-Policy that the page is made for: its own files, its own server, nothing inline, in
// nobody's frame.
const Policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// asset is a file as it is sent.
type asset struct {
	kind, tag    string
	plain, small []byte // small is compressed, nil where that does not pay
}

// styles are the style sheets, in the order in which they apply. A browser gets them as one: nothing is drawn before all are there,
// and to ask for each takes longer than to send it.
var styles = []string{"style/base.css", "style/parts.css", "style/graph.css", "style/board.css", "style/trace.css", "vendor/uplot/uPlot.min.css"}

// assets are made once, when they are first asked for: by their path in the address.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	var style []byte
	for _, name := range styles {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // as below
		}
		style = append(append(style, text...), '\n')
	}
	all["/page/style.css"] = newAsset("style.css", style)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || slices.Contains(styles, name) {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		address := "/page/" + name
		if name == "index.html" {
			address = "/"
		}
		all[address] = newAsset(name, text)
		return nil
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	return all
})

func newAsset(name string, text []byte) asset {
	sum := sha256.Sum256(text)
	a := asset{kind: kinds(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:12]) + `"`, plain: text}
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil && small.Len() < len(text) {
		a.small = small.Bytes()
	}
	return a
}

// kinds is the type of a file by its ending, which must not depend on what the machine has registered.
func kinds(ending string) string {
	switch ending {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}

// Handler answers GET and HEAD of / and of /page/..., and 404 for every other path. What it answers is asked for anew each
// time, but sent again only if it has changed, so a new gstorm is never shown by an old page.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", Policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		a, ok := assets()[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "the page can only be read", http.StatusMethodNotAllowed)
			return
		}
		body := a.plain
		header.Set("Vary", "Accept-Encoding")
		if a.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
			body = a.small
		}
		header.Set("Content-Type", a.kind)
		header.Set("Cache-Control", "no-cache")
		header.Set("ETag", a.tag)
		if r.Header.Get("If-None-Match") == a.tag {
			header.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(body) // who asked may be gone
	})
}
