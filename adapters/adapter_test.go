package adapters_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

type endings []string

func (e endings) Extensions() []string { return e }
func (endings) Open(context.Context, adapters.Request) (adapters.Session, error) {
	return nil, nil
}

func TestForFile(t *testing.T) {
	all := []adapters.Adapter{endings{".rb"}, endings{".js", ".mjs"}}
	for file, want := range map[string]string{"wc.rb": ".rb", "dir.js/wc.rb": ".rb", "wc.mjs": ".js"} {
		got, err := adapters.ForFile(file, all)
		if err != nil || got.Extensions()[0] != want {
			t.Errorf("%s: got %v, %v", file, got, err)
		}
	}
	for file, want := range map[string]string{
		"wc.txt": "wc.txt: error: files that end in .txt are no topologies (known endings: .rb .js .mjs)",
		"wc":     "wc: error: the file name has no ending that says its language (known endings: .rb .js .mjs)",
	} {
		if _, err := adapters.ForFile(file, all); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
	}
}
