package flux

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// report gathers problems.
type report struct{ problems gstorm.Problems }

func (r *report) errorf(at gstorm.Position, format string, args ...any) {
	r.problems = append(r.problems, gstorm.Problem{Severity: gstorm.Error, Message: fmt.Sprintf(format, args...), At: at})
}

func (r *report) warnf(at gstorm.Position, format string, args ...any) {
	r.problems = append(r.problems, gstorm.Problem{Severity: gstorm.Warning, Message: fmt.Sprintf(format, args...), At: at})
}

// list is the names in order, for a message.
func list(names []string) string {
	names = slices.Sorted(slices.Values(names))
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
