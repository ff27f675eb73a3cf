package logs

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestASearchGoesOverAllFilesWithinATime(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "worker-1.1.log", record(0, "a refused")+"\n"+record(100, "b refused")+"\n")
	put(t, folder, "worker-1.2.log", record(300, "c Refused")+"\n"+record(299, "d refused, written late")+"\n")
	put(t, folder, "worker-1.log", record(400, "e reset", "cause", "refused")+"\npanic: refused\n")
	put(t, folder, "worker-2.log", record(200, "f refused")+"\n"+record(500, "g refused")+"\n")
	at := func(second int) time.Time { return begin.Add(time.Duration(second) * time.Second) }
	for _, c := range []struct {
		query Query
		want  string
	}{
		{Query{Since: at(300)}, "cepg"},
		{Query{Since: at(299), Until: at(400)}, "cdep"},
		{Query{Until: at(100)}, "ab"},
		{Query{Contains: "refused", Since: at(1)}, "bfdepg"},
		{Query{Match: []*regexp.Regexp{regexp.MustCompile("(?i)^c refused$")}}, "c"},
		{Query{Match: []*regexp.Regexp{regexp.MustCompile("^.ef"), regexp.MustCompile("reset")}}, "e"},
		{Query{Contains: "refused", Last: 2, Until: at(299)}, "fd"},
	} {
		c.query.Folder = folder
		got := ""
		for _, m := range messages(all(t, c.query)) {
			got += m[:1]
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.query, got, c.want)
		}
	}
}

func TestLongLinesAreNotAllHeld(t *testing.T) {
	folder := t.TempDir()
	for i := range 4 {
		put(t, folder, fullName(1, i+1), strings.Repeat(record(i, strings.Repeat("x", 1000))+"\n", 10))
	}
	lines := all(t, Query{Folder: folder, held: 20_000})
	if len(lines) != 19 { // with what a record has beside
		t.Errorf("%d lines", len(lines))
	}
	if !strings.Contains(lines[0].Message, "more lines before") || lines[0].Time.IsZero() {
		t.Errorf("the first is %.100s", lines[0].Message)
	}
}
