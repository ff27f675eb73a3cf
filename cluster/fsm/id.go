package fsm

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestID leaves room for what is appended to an id in the names of files, of which most systems take 255 bytes.
const longestID = 200

// CheckID says why a topology's id can't be an element of a path. What came over a network is asked before a file or a
// folder is named after it.
func CheckID(id string) error {
	switch {
	case id == "":
		return errors.New("a topology's id is empty")
	case len(id) > longestID:
		return fmt.Errorf("the topology id %.40q... is %d bytes, at most %d can be", id, len(id), longestID)
	case strings.ContainsAny(id, `/\:.`):
		return fmt.Errorf(`the topology id %q has a / \ : or . in it`, id) // as names may not, see gstorm.Topology
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		return fmt.Errorf("the topology id %q is not plain text", id)
	}
	return nil
}
