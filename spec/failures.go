package spec

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Failures are the ids of cases that a library is known to fail. nil: none.
type Failures map[string]bool

// ReadFailures reads a list of known failures: an id on each line; # begins a comment. An id that no case has is an
// error, so that the list can not go stale.
func ReadFailures(r io.Reader) (Failures, error) {
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range cases {
		ids[cases[i].ID] = true
	}
	known := Failures{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		id, _, _ := strings.Cut(lines.Text(), "#")
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if !ids[id] {
			return nil, fmt.Errorf("line %d: there is no case %q", n, id)
		}
		known[id] = true
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read known failures: %w", err)
	}
	return known, nil
}

// judge takes into account that a failure is known, or that it should have been one: then the list is not true any more.
func (f Failures) judge(r *Result) {
	switch {
	case !f[r.Case.ID]:
	case r.Status == Failed:
		r.Status = Known
	case r.Status == Passed:
		r.Status = Unexpected
	}
}
