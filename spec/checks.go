package spec

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Check is one thing that a host or a component has to keep. Cases test most of them.
type Check struct {
	Number int      `yaml:"number"`
	Name   string   `yaml:"name"`
	Title  string   `yaml:"title"`
	Tests  []string `yaml:"tests"` // tests elsewhere: package.Function, or the file of a script
	Open   string   `yaml:"open"`  // why nothing tests it
}

//go:embed checks.yaml
var checkFile []byte

// Checks returns all checks, by number from 1.
func Checks() ([]Check, error) {
	var checks []Check
	if err := yaml.UnmarshalWithOptions(checkFile, &checks, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read checks.yaml: %w", err)
	}
	return checks, nil
}

// Coverage is the table of what tests each check, in Markdown.
func Coverage() (string, error) {
	checks, err := Checks()
	if err != nil {
		return "", err
	}
	cases, err := Cases()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| | Check | Of hosts | Of components | Other tests |\n|---|---|---|---|---|\n")
	for _, check := range checks {
		other := check.Open
		if len(check.Tests) > 0 {
			other = "`" + strings.Join(check.Tests, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| %d | %s: %s | %s | %s | %s |\n", check.Number, check.Name, check.Title,
			idsOf(cases, HostSide, check.Number), idsOf(cases, ComponentSide, check.Number), other)
	}
	return b.String(), nil
}

func idsOf(cases []Case, side string, check int) string {
	var ids []string
	for i := range cases {
		if cases[i].Side == side && slices.Contains(cases[i].Checks, check) {
			ids = append(ids, cases[i].ID)
		}
	}
	return strings.Join(ids, ", ")
}
