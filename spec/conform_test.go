package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/spec/libraries"
)

// TestComponents plays all cases against the components that come with the suite.
func TestComponents(t *testing.T) {
	for _, test := range []struct{ program, folder, extension string }{
		{"ruby", "ruby", ".rb"},
		{"python3", "python", ".py"},
		{"node", "javascript", ".js"},
	} {
		t.Run(test.folder, func(t *testing.T) {
			t.Parallel()
			libraries.Programs(t, test.program)
			conform(t, "", nil, false, func(role string) []string {
				return []string{test.program, filepath.Join("components", test.folder, role+test.extension)}
			})
		})
	}
}

// TestOwnLibraries plays all cases against components on gstorm's own libraries. These have no known failures.
func TestOwnLibraries(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			libraries.Programs(t, l.command[0])
			conform(t, "", nil, l.batches, func(role string) []string {
				return l.task(filepath.Join("components", l.folder, "library"+l.extension), role)
			})
		})
	}
}

// TestLibraries plays all cases against components on other people's libraries, as they are.
func TestLibraries(t *testing.T) {
	libraries.Each(t, func(t *testing.T, l libraries.Library) {
		known, err := knownFailures(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		conform(t, l.Resources(t, filepath.Join("libraries", l.Name)), known, false, l.Command)
	})
}

// conform plays all cases for both kinds of components. Results have to be as the known failures say, and no case may be left
// out but those of batches, where they are not taken. command starts the component of a profile.
func conform(t *testing.T, dir string, known Failures, batches bool, command func(role string) []string) {
	for _, kind := range []string{Bolt, Spout} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			profile := ProfileOf(kind)
			// Cases that fail spend most of their time waiting.
			c := Component{Kind: kind, Profile: profile, Command: command(string(profile)), Dir: dir, Together: 1 + len(known)}
			played := 0
			err := Conform(t.Context(), c, known, func(r *Result) {
				if applies := batches || !r.Case.Batches; !r.OK() || (r.Status != NotApplicable) != applies {
					t.Errorf("%s: %s\n%s", r.Case.ID, r.Status, r.Text)
				}
				played++
			})
			if err != nil || played < 10 {
				t.Errorf("%d cases, %v", played, err)
			}
		})
	}
}

// knownFailures reads the list of a library; one that has none fails nothing.
func knownFailures(library string) (Failures, error) {
	return failuresIn(filepath.Join("known-failures", library+".txt"), ReadFailures)
}

// failuresIn reads a list in which each entry says why. A file that is not there has none.
func failuresIn(file string, read func(io.Reader) (Failures, error)) (Failures, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for id, why := range known {
		if why == "" {
			return nil, fmt.Errorf("%s does not say why of %s", file, id)
		}
	}
	return known, nil
}

// TestAKnownFailureThatPassesIsAFailure keeps the lists of known failures true.
func TestAKnownFailureThatPassesIsAFailure(t *testing.T) {
	known, err := ReadFailures(strings.NewReader("# comment\n\npid  # the first\nheartbeat\n"))
	if err != nil {
		t.Fatal(err)
	}
	if known["pid"] != "the first" {
		t.Errorf("pid is known to fail because %q", known["pid"])
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

func TestResultsComeInTheOrderOfTheCases(t *testing.T) {
	ids := func(together int) (ids []string) {
		c := Component{Kind: Bolt, Profile: Any, Command: []string{"true"}, Together: together}
		if err := Conform(t.Context(), c, nil, func(r *Result) { ids = append(ids, r.Case.ID) }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if one, many := strings.Join(ids(0), " "), strings.Join(ids(8), " "); one != many {
		t.Errorf("one after the other: %s\ntogether: %s", one, many)
	}
}

func TestFailuresThatNoCaseHasAreAnError(t *testing.T) {
	if _, err := ReadFailures(strings.NewReader("pid\nnothing\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v", err)
	}
}
