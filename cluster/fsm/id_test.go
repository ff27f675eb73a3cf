package fsm

import (
	"strings"
	"testing"
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
