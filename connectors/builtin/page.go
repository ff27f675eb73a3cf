package builtin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm/connectors/catalog"
)

// Markdown is what a reader has to know of a component, as a section of docs/builtins.md.
func Markdown(d *catalog.Definition) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "### %s\n\nThe %s `%s` %s.\n", d.Name, d.Kind, d.Name, d.Doc)
	if d.Details != "" {
		b.WriteString("\n" + d.Details + "\n")
	}
	if d.Example != "" {
		_, _ = fmt.Fprintf(&b, "\n```yaml\n- id: it\n  builtin: %s\n  options: %s\n```\n", d.Name, flow(d.Example))
	}
	if len(d.Options) > 0 {
		b.WriteString("\n| option | type | default | |\n|---|---|---|---|\n")
		for _, o := range d.Options {
			_, _ = fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", o.Name, o.Type, code(standard(o)), cell(explained(o)))
		}
	}
	if len(d.Streams) > 0 {
		b.WriteString("\n| stream | fields | |\n|---|---|---|\n")
		for _, s := range d.Streams {
			_, _ = fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Name, cell(s.Fields), cell(s.Doc))
		}
	} else {
		b.WriteString("\nIt emits nothing.\n")
	}
	_, _ = fmt.Fprintf(&b, "\n**Delivery.** %s\n", d.Promise)
	return b.String()
}

// Text is the same for a terminal.
func Text(d *catalog.Definition) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s %s: %s.\n", d.Kind, d.Name, d.Doc)
	if d.Details != "" {
		b.WriteString("\n" + d.Details + "\n")
	}
	if d.Example != "" {
		_, _ = fmt.Fprintf(&b, "\nIn YAML:\n  builtin: %s\n  options: %s\n", d.Name, flow(d.Example))
	}
	b.WriteString("\nOptions:")
	if len(d.Options) == 0 {
		b.WriteString(" none")
	}
	b.WriteString("\n")
	for _, o := range d.Options {
		_, _ = fmt.Fprintf(&b, "  %s  (%s", o.Name, o.Type)
		if value := standard(o); value != "" {
			b.WriteString(", " + value)
		}
		_, _ = fmt.Fprintf(&b, ")\n      %s\n", explained(o))
	}
	b.WriteString("\nEmits:")
	if len(d.Streams) == 0 {
		b.WriteString(" nothing")
	}
	b.WriteString("\n")
	for _, s := range d.Streams {
		_, _ = fmt.Fprintf(&b, "  %s  (%s)\n      %s\n", s.Name, s.Fields, s.Doc)
	}
	_, _ = fmt.Fprintf(&b, "\nDelivery: %s\n", d.Promise)
	return strings.ReplaceAll(b.String(), "`", "")
}

// flow is an example as a mapping in one line.
func flow(example string) string {
	if strings.HasPrefix(example, "{") {
		return example
	}
	return "{" + example + "}"
}

// standard is what an option is if nobody says; "" if it then is not set.
func standard(o catalog.Option) string {
	switch value := o.Default.(type) {
	case nil:
		if o.Required {
			return "required"
		}
		return ""
	case string:
		return value
	default:
		text, _ := json.Marshal(value) // definitions have nothing that is no JSON
		return string(text)
	}
}

// explained is an option's meaning with what its value may be.
func explained(o catalog.Option) string {
	var more []string
	if slices.ContainsFunc(o.Choices, func(choice string) bool { return !strings.Contains(o.Doc, "`"+choice+"`") }) {
		more = append(more, "one of "+strings.Join(o.Choices, ", "))
	}
	if o.Least > 0 {
		more = append(more, fmt.Sprintf("at least %v", o.Least))
	}
	if len(more) == 0 {
		return o.Doc
	}
	return o.Doc + " (" + strings.Join(more, "; ") + ")"
}

func code(text string) string {
	if text == "" || text == "required" {
		return text
	}
	return "`" + text + "`"
}

// cell is a text that can stand in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
