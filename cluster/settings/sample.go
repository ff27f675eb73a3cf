package settings

import (
	"cmp"
	"fmt"
	"strings"
)

// Sample is a config file with all settings and what they mean: that of the first of three agents of a secured cluster.
func Sample() string {
	var b strings.Builder
	b.WriteString(`# The settings of an agent of gstorm, read by gstorm agent --config FILE. This file is made of gstorm's own table of them
# (UPDATE_DOCS=1 go test ./cluster/settings): it is the first agent of a cluster of three, as docs/cluster-security.md sets
# it up; the others differ in bind. Every setting is also a flag and an environment variable. A flag counts more than a
# variable, and that more than this file. Relative paths begin where the agent was started.
`)
	for _, s := range table {
		if s.Name == config {
			continue
		}
		usage := strings.ReplaceAll(strings.ReplaceAll(s.Usage, "`", ""), "\n", " ")
		b.WriteString("\n" + comment(strings.ToUpper(usage[:1])+usage[1:]+"."))
		flag := s.Flag()
		if s.Value != "" {
			flag += " " + s.Value
		}
		fmt.Fprintf(&b, "# %s, %s\n", flag, s.Variable())
		value := s.sample
		if value == "" {
			b.WriteString("# ")
			value = cmp.Or(s.Default, s.example, "true")
		}
		fmt.Fprintf(&b, "%s: %s\n", s.Name, value)
	}
	return b.String()
}

// width is that of a comment.
const width = 120

// comment breaks a text into lines of comment.
func comment(text string) string {
	var b strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}
