package apitest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// public are the packages that programs of others import, by folder.
var public = []string{"", "local", "gstormtest", "plugin", "connectors/connectortest"}

const module = "github.com/gstorm/gstorm"

// TestPublicAPI: the interface is what testdata/api.txt says. UPDATE_API=1 writes it.
func TestPublicAPI(t *testing.T) {
	var all strings.Builder
	for _, folder := range public {
		text, undocumented, err := Summary(os.DirFS("../../"+folder), strings.TrimSuffix(module+"/"+folder, "/"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range undocumented {
			t.Errorf("%s/%s has no comment", folder, name)
		}
		all.WriteString(text + "\n")
	}
	const file = "testdata/api.txt"
	if os.Getenv("UPDATE_API") != "" {
		if err := os.WriteFile(file, []byte(all.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("the public interface has changed; if that is meant, UPDATE_API=1 go test ./internal/apitest (-api.txt +now):\n%s", diff)
	}
}

func TestSummaryShowsWhatIsExported(t *testing.T) {
	text, undocumented, err := Summary(fstest.MapFS{"a.go": {Data: []byte(`// Package a is one.
package a

// T is a type.
type T struct {
	A int // a field
	b int
}

func (t *T) M(x int) error { return nil }

func (t *T) m() {}

// Limit is one.
const Limit = 3
`)}}, "example.com/a")
	if err != nil {
		t.Fatal(err)
	}
	want := "package a // example.com/a\n\nconst Limit = 3\n\ntype T struct {\n\tA int\n}\n\nfunc (t *T) M(x int) error\n"
	got := strings.ReplaceAll(text, "\n\t// contains filtered or unexported fields", "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"T.M"}, undocumented); diff != "" {
		t.Error(diff)
	}
}
