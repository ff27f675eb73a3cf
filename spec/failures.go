package spec

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Failures are the cases that a library is known to fail: their ids, and why. nil: none.
type Failures map[string]string

// ReadFailures reads a list of known failures: an id on each line; # begins a comment, which after an id says why. An id
// that no case has is an error, so that the list can not go stale.
func ReadFailures(r io.Reader) (Failures, error) {
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range cases {
		ids[cases[i].ID] = true
	}
	return readFailures(r, "case", ids)
}

// readFailures reads a list of some of the ids, which are those of things of that name.
func readFailures(r io.Reader, name string, ids map[string]bool) (Failures, error) {
	known := Failures{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		id, why, _ := strings.Cut(lines.Text(), "#")
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if !ids[id] {
			return nil, fmt.Errorf("line %d: there is no %s %q", n, name, id)
		}
		known[id] = strings.TrimSpace(why)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read known failures: %w", err)
	}
	return known, nil
}

// judge takes into account that a failure is known, or that it should have been one: then the list is not true any more.
func (f Failures) judge(r *Result) {
	_, known := f[r.Case.ID]
	switch {
	case !known:
	case r.Status == Failed:
		r.Status = Known
	case r.Status == Passed:
		r.Status = Unexpected
	}
}
