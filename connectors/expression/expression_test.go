package expression

import (
	"testing"

	"github.com/gstorm/gstorm"
)

func TestErrorsSayWhereAndWhatThereIs(t *testing.T) {
	known := []gstorm.Fields{{"word", "count"}, {"word", "line"}}
	for text, want := range map[string]string{
		"":                          "the expression is empty",
		"word ==":                   `the expression "word ==", line 1, column 7: unexpected token EOF`,
		"wrod == 1":                 `the expression "wrod == 1", line 1, column 1: unknown name wrod, did you mean word?`,
		"word == 1 && x":            `the expression "word == 1 && x", line 1, column 14: unknown name x (the fields: word, count, line)`,
		"1 + 2":                     `the expression "1 + 2": expected bool, but got int`,
		`word == "a" && count > 10`: "",
	} {
		_, err := Condition(text, known)
		if got := ""; err != nil {
			got = err.Error()
			if got != want {
				t.Errorf("%s:\n got %s\nwant %s", text, got, want)
			}
		} else if want != "" {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestACondition(t *testing.T) {
	source := &gstorm.Source{Component: "c", Fields: gstorm.Fields{"word", "count"}}
	e, err := Condition(`word == "storm" && count > 10`, []gstorm.Fields{source.Fields})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{`["storm",11]`: true, `["storm",10.5]`: true, `["storm",10]`: false, `["rain",11]`: false} {
		if got, err := e.True(&gstorm.Tuple{Source: source, JSON: []byte(text)}); got != want || err != nil {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if _, err := e.True(&gstorm.Tuple{Source: source, JSON: []byte(`["storm","many"]`)}); err == nil {
		t.Error("a text is more than 10")
	}
}
