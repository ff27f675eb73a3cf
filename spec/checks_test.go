package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryCheckIsTested finds checks without a test, and names of tests that are no more.
func TestEveryCheckIsTested(t *testing.T) {
	checks, err := Checks()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	covered := map[int]bool{}
	for _, c := range cases {
		for _, n := range c.Checks {
			if n < 1 || n > len(checks) {
				t.Errorf("case %s: there is no check %d", c.ID, n)
			}
			covered[n] = true
		}
	}
	for i, check := range checks {
		if check.Number != i+1 {
			t.Errorf("check %d has the number %d", i+1, check.Number)
		}
		tested := covered[check.Number] || len(check.Tests) > 0
		if tested == (check.Open != "") {
			t.Errorf("check %d is tested: %v, and open: %q", check.Number, tested, check.Open)
		}
		for _, name := range check.Tests {
			if !testExists(t, name) {
				t.Errorf("check %d: there is no test %s", check.Number, name)
			}
		}
	}
}

// testExists looks for host/child.TestStop, or for the file of a script.
func testExists(t *testing.T, name string) bool {
	t.Helper()
	folder, function, isFunction := strings.Cut(name, ".Test")
	if !isFunction {
		_, err := os.Stat(filepath.Join("..", name))
		return err == nil
	}
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "func Test"+function+"(") {
			return true
		}
	}
	return false
}
