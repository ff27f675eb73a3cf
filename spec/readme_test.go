package spec

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/spec/libraries"
)

// TestTheReadmesHaveTheTables compares the tables in the README files. With UPDATE_SPEC=1 it writes them. Other tests see
// to it that what the tables are made of is true.
func TestTheReadmesHaveTheTables(t *testing.T) {
	for _, table := range []struct {
		file, name string
		make       func() (string, error)
	}{
		{"README.md", "coverage", Coverage},
		{"README.md", "conformance", conformanceTable},
		{"behaviours/README.md", "behaviours", behaviourTable},
	} {
		t.Run(table.name, func(t *testing.T) {
			want, err := table.make()
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(table.file)
			if err != nil {
				t.Fatal(err)
			}
			begin, end := "<!-- "+table.name+" -->\n", "<!-- end of "+table.name+" -->\n"
			before, rest, found := strings.Cut(string(text), begin)
			got, after, closed := strings.Cut(rest, end)
			if !found || !closed {
				t.Fatalf("%s has no place for the table", table.file)
			}
			if os.Getenv("UPDATE_SPEC") != "" {
				if err := os.WriteFile(table.file, []byte(before+begin+want+end+after), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s is not up to date (UPDATE_SPEC=1 go test ./spec writes it):\n%s", table.file, diff)
			}
		})
	}
}

// conformanceTable is the table of cases by libraries, in Markdown, and what fails and why. It is made of the lists of
// known failures, which TestLibraries and TestOwnLibraries keep true.
func conformanceTable() (string, error) {
	cases, err := Cases()
	if err != nil {
		return "", err
	}
	cases = slices.DeleteFunc(cases, func(c Case) bool { return c.Side != ComponentSide })
	header, rule := []string{"Case"}, []string{"---"}
	rows := make([][]string, len(cases))
	for i := range cases {
		rows[i] = []string{cases[i].ID}
	}
	passes, fails, others := []string{"**passed**"}, []string{"**failed**"}, []string{"**not applicable**"}
	var reasons strings.Builder
	column := func(name string, known Failures, batches bool) {
		header, rule = append(header, name), append(rule, "---")
		passed, failed, left := 0, 0, 0
		for i := range cases {
			played := 1
			if cases[i].Kind == Both {
				played = 2
			}
			if why, fails := known[cases[i].ID]; cases[i].Batches && !batches {
				left += played
				rows[i] = append(rows[i], "-")
			} else if fails {
				failed += played
				rows[i] = append(rows[i], "**failed**")
				fmt.Fprintf(&reasons, "- %s, %s: %s\n", name, cases[i].ID, why)
			} else {
				passed += played
				rows[i] = append(rows[i], "passed")
			}
		}
		passes, fails = append(passes, fmt.Sprint(passed)), append(fails, fmt.Sprint(failed))
		others = append(others, fmt.Sprint(left)) // conform sees to that
	}
	for _, l := range languages {
		column("gstorm for "+l.name, nil, l.batches)
	}
	for _, l := range libraries.All() {
		known, err := knownFailures(l.Name)
		if err != nil {
			return "", err
		}
		column(l.Name+" "+l.Version, known, false)
	}
	return markdown(append([][]string{header, rule}, append(rows, passes, fails, others)...)) + "\n" + reasons.String(), nil
}

// behaviourTable is the table of behaviours by languages, in Markdown, and what is missing and why. It is made of the lists
// of what is missing, which TestBehaviours keeps true.
func behaviourTable() (string, error) {
	all, err := themes()
	if err != nil {
		return "", err
	}
	header, rule, sum := []string{"", "Behaviour"}, []string{"---", "---"}, []string{"", "**of all**"}
	lacks := make([]Failures, len(languages))
	var reasons strings.Builder
	for i, l := range languages {
		if lacks[i], err = missing(l.name, all); err != nil {
			return "", err
		}
		header, rule = append(header, l.name), append(rule, "---")
	}
	rows, total := [][]string{header, rule}, 0
	for _, th := range all {
		rows = append(rows, append([]string{"", "**" + th.Theme + "**"}, make([]string, len(languages))...))
		total += len(th.Behaviours)
		for _, b := range th.Behaviours {
			row := []string{b.ID, b.Title}
			for i, l := range languages {
				if why, lacking := lacks[i][b.ID]; lacking {
					row = append(row, "**no**")
					fmt.Fprintf(&reasons, "- %s, %s: %s\n", l.name, b.ID, why)
				} else {
					row = append(row, "yes")
				}
			}
			rows = append(rows, row)
		}
	}
	for i := range languages {
		sum = append(sum, fmt.Sprintf("%d of %d", total-len(lacks[i]), total))
	}
	return markdown(append(rows, sum)) + "\n" + reasons.String(), nil
}

// markdown writes a table.
func markdown(rows [][]string) string {
	var b strings.Builder
	for _, cells := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.String()
}
