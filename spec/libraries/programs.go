package libraries

import (
	"os"
	"os/exec"
	"testing"
)

// Programs leaves a test out where a program that it runs is not installed. In CI all are, and there it fails.
func Programs(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			Missing(t, err)
		}
	}
}

// Missing leaves a test out for something that this machine lacks. In CI nothing may be lacking that a test needs: there it fails.
func Missing(t *testing.T, what error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
