package host_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/gstorm/gstorm/host/hosttest"
)

// The scripts in testdata/script play children and time against a whole worker; hosttest.RunScript has the commands. After a
// change that is meant: go test ./host -run Scripts -rewrite.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", hosttest.RunScript)
}
