package settings

import (
	"regexp"
	"strings"
)

// simple is a value that means itself in YAML without quotes.
var simple = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9/._-]*(:[0-9]+)?$`)

// Write is the text of a config file with values by the names of their settings, in the order of the table. It is what Load
// reads as these values, if none has a character that can't be seen; a name that is not in the table is left out.
func Write(values map[string][]string) string {
	var b strings.Builder
	for _, s := range table {
		given := values[s.Name]
		if s.Name == config || empty(given) {
			continue
		}
		quoted := make([]string, len(given))
		for i, v := range given {
			quoted[i] = v
			if !simple.MatchString(v) || strings.EqualFold(v, "null") {
				quoted[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
			}
		}
		text := strings.Join(quoted, ", ")
		if s.Kind() == List {
			text = "[" + text + "]"
		}
		b.WriteString(s.Name + ": " + text + "\n")
	}
	return b.String()
}
