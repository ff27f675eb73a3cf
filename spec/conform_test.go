package spec

import (
	"os/exec"
	"strings"
	"testing"
)

// TestComponents plays all cases against the components that come with the suite.
func TestComponents(t *testing.T) {
	boot := []string{"ruby", "../adapters/ruby/lib/gstorm/boot.rb", "task", "components/ruby/gem.rb", "--component"}
	tests := []struct {
		name, kind string
		command    []string
	}{
		{"ruby", Bolt, []string{"ruby", "--disable-gems", "components/ruby/echo.rb"}},
		{"ruby", Spout, []string{"ruby", "--disable-gems", "components/ruby/count.rb"}},
		{"gem", Bolt, append(boot[:len(boot):len(boot)], "echo")},
		{"gem", Spout, append(boot[:len(boot):len(boot)], "count")},
		{"python", Bolt, []string{"python3", "components/python/echo.py"}},
		{"python", Spout, []string{"python3", "components/python/count.py"}},
		{"javascript", Bolt, []string{"node", "components/javascript/echo.js"}},
		{"javascript", Spout, []string{"node", "components/javascript/count.js"}},
	}
	for _, test := range tests {
		t.Run(test.name+"/"+test.kind, func(t *testing.T) {
			if _, err := exec.LookPath(test.command[0]); err != nil {
				t.Skip(err)
			}
			t.Parallel()
			c := Component{Kind: test.kind, Profile: ProfileOf(test.kind), Command: test.command}
			passed := 0
			err := Conform(t.Context(), c, nil, func(r *Result) {
				if r.Status != Passed {
					t.Errorf("%s: %s\n%s", r.Case.ID, r.Status, r.Text)
				}
				passed++
			})
			if err != nil || passed < 10 {
				t.Errorf("%d cases, %v", passed, err)
			}
		})
	}
}

// TestAKnownFailureThatPassesIsAFailure keeps the lists of known failures true.
func TestAKnownFailureThatPassesIsAFailure(t *testing.T) {
	known, err := ReadFailures(strings.NewReader("# comment\n\npid  # the first\nheartbeat\n"))
	if err != nil {
		t.Fatal(err)
	}
	// This bolt answers the handshake and ends.
	short := `while read -r line; do [ "$line" = end ] && break; done; printf '{"pid":1}\nend\n'`
	got := map[string]Status{}
	err = Conform(t.Context(), Component{Kind: Bolt, Profile: Any, Command: []string{"sh", "-c", short}}, known, func(r *Result) {
		got[r.Case.ID] = r.Status
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Status{"pid": Unexpected, "heartbeat": Known, "offer": Passed, "pid-file": Failed, "tuple": NotApplicable}
	for id, status := range want {
		if got[id] != status {
			t.Errorf("%s: %s, not %s", id, got[id], status)
		}
	}
}

func TestFailuresThatNoCaseHasAreAnError(t *testing.T) {
	if _, err := ReadFailures(strings.NewReader("pid\nnothing\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v", err)
	}
}
