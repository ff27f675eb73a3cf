package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

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
