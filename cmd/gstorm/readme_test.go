package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheTopologiesOfBuiltins runs the same topology in each language: the lines with ERROR come to a file.
func TestTheTopologiesOfBuiltins(t *testing.T) {
	page, err := os.ReadFile("../../docs/builtins.md")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(page, []byte("<!--"))
	blocks := regexp.MustCompile("(?s)\n```(ruby|python|js|yaml)\n(.*?)\n```\n").FindAllSubmatch(head, -1)
	if len(blocks) != 4 {
		t.Fatalf("%d topologies, expected one in each language", len(blocks))
	}
	for _, block := range blocks {
		t.Run(string(block[1]), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			ending := map[string]string{"ruby": ".rb", "python": ".py", "js": ".mjs", "yaml": ".yaml"}[string(block[1])]
			text := bytes.ReplaceAll(block[2], []byte("app.log"), []byte(filepath.Join(dir, "app.log")))
			text = bytes.ReplaceAll(text, []byte("errors.txt"), []byte(filepath.Join(dir, "errors.txt")))
			for name, content := range map[string][]byte{"errors" + ending: text, "app.log": []byte("fine\nERROR one\nfine\nan ERROR\n")} {
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			r := begin(t, filepath.Join(dir, "errors"+ending))()
			if got, err := os.ReadFile(filepath.Join(dir, "errors.txt")); err != nil || string(got) != "ERROR one\nan ERROR\n" {
				t.Errorf("the file has %q, %v\n%s", got, err, r.stderr)
			}
		})
	}
}

// TestTheTopologiesOfTheReadme runs what a newcomer copies first: each says what the README shows below it.
func TestTheTopologiesOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := filepath.Abs(exampleText)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)\n```(ruby|python|js)\n(.*?)\n```\n").FindAllSubmatch(readme, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d topologies, expected one in each language", len(blocks))
	}
	for _, block := range blocks {
		t.Run(string(block[1]), func(t *testing.T) {
			t.Parallel()
			ending := map[string]string{"ruby": ".rb", "python": ".py", "js": ".js"}[string(block[1])]
			file := filepath.Join(t.TempDir(), "words"+ending)
			if err := os.WriteFile(file, block[2], 0o666); err != nil {
				t.Fatal(err)
			}
			if r := begin(t, file, "--", text)(); r.stdout != "118 the\n44 and\n34 a\n" {
				t.Errorf("it printed:\n%s%s", r.stdout, r.stderr)
			}
		})
	}
}
