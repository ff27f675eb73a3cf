package flux_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/stream/flux"
)

func TestParseProperties(t *testing.T) {
	const text = "# a comment\n! another\r\n\n" +
		"equals=1\r\n colon : two words \nblank three\nempty\nnothing=\n" +
		"long=a, \\\n    b\nbackslash=c\\\\\nkey\\ with\\:all=\\u00fc\\t\\x\nlist=[\"a\", \"b\"]\nutf=ü\nlast=\\"
	want := map[string]string{
		"equals": "1", "colon": "two words ", "blank": "three", "empty": "", "nothing": "", "long": "a, b", "backslash": `c\`,
		"key with:all": "ü\tx", "list": `["a", "b"]`, "utf": "ü", "last": "",
	}
	got, err := flux.ParseProperties(text)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, bad := range []string{`a=1` + "\n" + `b=\u12`, "\n" + `\u12x4=1`} {
		if _, err := flux.ParseProperties(bad); err == nil || err.Error() != `line 2: \u is not followed by four hexadecimal digits` {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
