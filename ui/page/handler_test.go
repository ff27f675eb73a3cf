package page_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/ui/page"
)

func ask(method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, r)
	return w
}

// imports finds what a module or a document asks for at once, later what a module asks for when it is wanted.
var (
	imports = regexp.MustCompile(`(?:from|import) '([^']+\.js)'|(?:src|href)="(/page/[^"]+)"|new URL\('([^']+)'`)
	later   = regexp.MustCompile(`import\('([^']+)'\)|src: '(/page/[^']+)'`)
)

// load follows what the page loads from an address on, adds up what goes over the wire, and keeps how many requests in series that
// takes. whenWanted is what of what is loaded later is followed, too.
func load(t *testing.T, whenWanted func(path string) bool) (series map[string]int, total int) {
	t.Helper()
	series = map[string]int{"/": 1}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		if w := ask("GET", path, "Accept-Encoding", "gzip"); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		} else {
			total += w.Body.Len()
		}
		text := ask("GET", path).Body.String()
		follow := func(next string) {
			if !strings.HasPrefix(next, "/") {
				next = resolve(path, next)
			}
			if series[next] == 0 {
				series[next] = series[path] + 1
				queue = append(queue, next)
			}
		}
		for _, found := range imports.FindAllStringSubmatch(text, -1) {
			follow(found[1] + found[2] + found[3])
		}
		for _, found := range later.FindAllStringSubmatch(text, -1) {
			if next := found[1] + found[2]; whenWanted(next) {
				follow(next)
			}
		}
	}
	return series, total
}

// TestTheFirstViewIsSmall: what goes over the wire until the overview is there, in how many requests, of which three are in series;
// and what there is at all.
func TestTheFirstViewIsSmall(t *testing.T) {
	series, total := load(t, func(path string) bool { return strings.HasSuffix(path, "/overview.js") })
	t.Logf("the first view: %d files, %d bytes", len(series), total)
	if total > 100_000 || len(series) < 15 || len(series) > 30 {
		t.Errorf("the first view is %d files and %d bytes", len(series), total)
	}
	for path, n := range series {
		if n > 3 {
			t.Errorf("%s is found only after %d answers: index.html should name it", path, n-1)
		}
	}
	series, total = load(t, func(string) bool { return true })
	t.Logf("all views: %d files, %d bytes", len(series), total)
	if total > 200_000 || len(series) < 50 {
		t.Errorf("all views are %d files and %d bytes", len(series), total)
	}
}

// TestNoStyleSheetIsForgotten: a browser gets what all of them say, though none by itself.
func TestNoStyleSheetIsForgotten(t *testing.T) {
	all := ask("GET", "/page/style.css").Body.String()
	sheets, err := filepath.Glob("style/*.css")
	if err != nil || len(sheets) < 5 {
		t.Fatalf("there are %d style sheets, %v", len(sheets), err)
	}
	for _, name := range sheets {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(all, string(text)) {
			t.Errorf("%s is not in what a browser gets", name)
		}
	}
}

// TestAClassIsOfOneSheet: what a sheet says of a class by itself holds wherever that class is, so no other sheet has it for
// something else.
func TestAClassIsOfOneSheet(t *testing.T) {
	sheets, err := filepath.Glob("style/*.css")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, name := range sheets {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)(?:^|,)\s*(\.[\w-]+)\s*[,{]`).FindAllSubmatch(text, -1) {
			if other := of[string(found[1])]; other != "" && other != name {
				t.Errorf("%s is in %s and in %s", found[1], other, name)
			}
			of[string(found[1])] = name
		}
	}
	if len(of) < 50 {
		t.Errorf("only %d classes were found", len(of))
	}
}

func resolve(from, to string) string {
	base := httptest.NewRequest("GET", from, nil).URL
	return base.JoinPath("..", to).Path
}

func TestHandler(t *testing.T) {
	w := ask("GET", "/")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Content-Security-Policy") != page.Policy {
		t.Errorf("/ is %d %v", w.Code, w.Header())
	}
	if strings.Contains(page.Policy, "unsafe") {
		t.Errorf("the policy is %s", page.Policy)
	}
	if again := ask("GET", "/", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("again it is %d", again.Code)
	}
	for path, want := range map[string]int{
		"/page/main.js": 200, "/page/vendor/dagre/LICENSE": 200, "/page/": 404, "/page/embed.go": 404, "/page/pagetest/server.go": 404,
		"/page/../embed.go": 404, "/index.html": 404, "/favicon.ico": 404,
	} {
		if w := ask("GET", path); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := ask("POST", "/"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// TestNothingIsInline holds what the policy would refuse, and the ways by which a name could become markup.
func TestNothingIsInline(t *testing.T) {
	text, err := io.ReadAll(ask("GET", "/").Body)
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?i)<script>|<style|\son\w+=|style=|javascript:|https?://`).Find(text); found != nil {
		t.Errorf("index.html has %s", found)
	}
	for _, file := range page.Files() {
		if !strings.HasSuffix(file, ".js") || strings.Contains(file, "/vendor/") {
			continue
		}
		if found := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('style'`).FindString(ask("GET", file).Body.String()); found != "" {
			t.Errorf("%s has %s", file, found)
		}
	}
}
