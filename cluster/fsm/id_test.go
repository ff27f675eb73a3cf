package fsm

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
)

func TestIDsThatAreNoElementOfAPath(t *testing.T) {
	for _, id := range []string{"word-count-17", "Wörter zählen-1", "-1", strings.Repeat("a", 200)} {
		if err := CheckID(id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, id := range []string{"", ".", "..", "../a-1", "a/../../b", "/etc", `a\b`, "C:a", ".a-1", "a\x00b", "a\nb", "a\xffb", strings.Repeat("a", 201)} {
		if CheckID(id) == nil {
			t.Errorf("%q is taken for safe", id)
		}
	}
}

// A topology whose name the validator lets pass can be submitted, whatever its id; one that it refuses can't be.
func TestNamesThatAreValidMakeIDsThatAre(t *testing.T) {
	for _, name := range []string{
		"word-count", "Wörter zählen", "-", "a", strings.Repeat("a", 160), strings.Repeat("é", 80), strings.Repeat("a", 161), strings.Repeat("a", 200),
		"../a", "a/b", `a\b`, "C:a", "a.b", "a\x00b", "a\nb", "a\u0085b", "a\xffb", "a\x7f",
	} {
		named := false
		topology := gstorm.Topology{Name: name}
		for _, problem := range topology.Validate(nil) {
			named = named || strings.Contains(problem.Message, "the topology name")
		}
		err := CheckID(fmt.Sprintf("%s-%d", name, uint64(math.MaxUint64)))
		if tooLong := len(name) > 160; named != (err != nil) && !tooLong || tooLong && !named {
			t.Errorf("%q: the validator refuses it: %v; as an id: %v", name, named, err)
		}
	}
}
