package host

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/multilang"
)

// TestAFailureIsExplainedByTheErrorBeforeIt: of the tuple's own error, or of that of a batch that it is in; else by none.
func TestAFailureIsExplainedByTheErrorBeforeIt(t *testing.T) {
	var b blames
	for i := range uint64(100) {
		b.note(&multilang.Message{TupleIDOK: true, TupleID: 10 * i, LastID: 10*i + 3, Msg: fmt.Sprintf("a.rb:7: error %d\nand more", i), File: "a.rb", Line: 7})
	}
	b.note(&multilang.Message{Msg: "about nothing"})
	for tuple, want := range map[uint64]acker.Cause{
		990: {Reason: "error 99", File: "a.rb", Line: 7}, 993: {Reason: "error 99", File: "a.rb", Line: 7}, 994: {Reason: "failed"},
		700: {Reason: "error 70", File: "a.rb", Line: 7}, 10: {Reason: "failed"}, // which was too long ago
	} {
		got := acker.Cause{Reason: "failed"}
		b.explain(tuple, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d: %s", tuple, diff)
		}
	}
	for text, want := range map[string]string{
		"one\ntwo": "one", "Traceback (most recent call last):\n  File x\nValueError: no\n": "ValueError: no", "": "", "Traceback (x": "Traceback (x",
		strings.Repeat("é", 1000): strings.Repeat("é", longestReason/2),
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%.30q: %.60q", text, got)
		}
	}
}
