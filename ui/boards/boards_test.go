package boards

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm/internal/stats"
)

// told is what tasks of a component report, a JSON text each.
func told(component string, texts ...string) (list []stats.Metric) {
	for i, text := range texts {
		list = append(list, stats.Metric{Component: component, Task: i + 1, Name: Metric, Value: json.RawMessage(text)})
	}
	return list
}

func asText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatSeveralTasksTellIsOneBoard(t *testing.T) {
	list := Of(append(append([]stats.Metric{{Component: "a", Name: "cache", Value: json.RawMessage(`1`)}}, told("top",
		`{"title":"Trending","show":["bars","stream"],"columns":["tag","count"],"order":{"by":"number","top":3},"rows":[["#a",5],["#b",2],["#c",1]],"times":[20,20,20],"updated":"2024-05-06T07:08:09Z"}`,
		`{"title":"Else","order":{"by":"number","top":9},"rows":[["#d",4],["#a",3]],"times":[10,30],"updated":"2024-05-06T07:08:10Z"}`)...),
		told("wall", `{"show":["table"],"order":{"by":"time","top":2},"rows":[["x"],["y"]],"times":[1,3]}`, `{"rows":[["z",null,{"a":[1]}]],"times":[2]}`)...))
	want := `[{"id":"top","title":"Trending","show":["bars","stream"],"columns":["tag","count"],"rows":[["#d",4],["#a",3],["#b",2]],"updated":"2024-05-06T07:08:10Z","tasks":2},` +
		`{"id":"wall","title":"wall","show":["table"],"columns":[],"rows":[["y"],["z","null","{\"a\":[1]}"]],"tasks":2}]`
	if diff := cmp.Diff(want, asText(t, list)); diff != "" {
		t.Error(diff)
	}
}

// TestAnyComponentMayTell: little has to be said, and in the order in which it is said it stays.
func TestAnyComponentMayTell(t *testing.T) {
	list := Of(told("mine", `{"rows":[["b",1],["a",2]]}`))
	if got, want := asText(t, list), `[{"id":"mine","title":"mine","show":["table"],"columns":[],"rows":[["b",1],["a",2]],"tasks":1}]`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// TestWhateverIsTold comes to something that can be shown, and is not large.
func TestWhateverIsTold(t *testing.T) {
	rows := make([]string, 500)
	for i := range rows {
		rows[i] = fmt.Sprintf(`["%s%d",%d,1,2,3,4,5,6,7,8,9,10]`, strings.Repeat("🐄", 20), i, i)
	}
	for _, text := range []string{
		`null`, `7`, `[]`, `"x"`, `{`, ``, `{"rows":7}`, `{"rows":[7]}`, `{"rows":[[]]}`, `{"rows":[["a",1e999]]}`, `{"show":["pie","bars","bars"],"rows":[["a"],["a","b"],[1,2],[null,3],["c",4]]}`,
		`{"title":"` + strings.Repeat("é", 5000) + `","columns":["` + strings.Repeat("x", 5000) + `"],"rows":[["` + strings.Repeat("y", 5000) + `"]]}`,
		`{"updated":"12024-01-01T00:00:00Z"}`, `{"updated":"0000-01-01T00:00:00Z","order":{"by":"?","top":-3}}`, `{"order":{"by":"number","top":1e18}}`,
		`{"show":["bars"],"rows":[` + strings.Join(rows, ",") + `]}`, `{"rows":[["` + strings.Repeat("z", mostBytes) + `"]]}`,
	} {
		for _, b := range Of(told("it", text)) {
			made := asText(t, b)
			if len(made) > 60_000 || len(b.Rows) > mostRows {
				t.Errorf("%.80s has become %d bytes", text, len(made))
			}
			for _, cells := range b.Rows {
				if _, isText := cells[0].(string); b.charted() && !isText {
					t.Errorf("%.80s has a label %v", text, cells[0])
				}
			}
		}
	}
	b := Of(told("it", `{"show":["bars"],"rows":[["a",1]]}`, `{"rows":"no"}`))[0]
	if !strings.HasPrefix(b.Problem, "what task 2 reports can't be read: json:") || len(b.Rows) != 1 || b.Tasks != 1 {
		t.Errorf("%+v", b)
	}
	var many []stats.Metric
	for i := range 1000 {
		many = append(many, told(fmt.Sprint(i), `{}`)...)
	}
	if n := len(Of(many)); n != mostBoards {
		t.Errorf("there are %d boards", n)
	}
}

func TestThePastIsKeptForAWhile(t *testing.T) {
	var w Wall
	began := time.UnixMilli(1_000_000)
	second := func(n int, rows string) {
		w.Take(began.Add(time.Duration(n)*time.Second), told("top", `{"show":["stream"],"order":{"by":"number"},"rows":`+rows+`}`))
	}
	second(0, `[["a",1]]`)
	second(1, `[["a",2],["b",7]]`)
	w.Take(began.Add(1100*time.Millisecond), told("top", `{"show":["stream"],"rows":[["a",99]]}`)) // too soon to be kept
	second(2, `[["b",6]]`)
	if got, want := asText(t, w.Past("top")), `{"times":[1000000,1001000,1002000],"series":[{"label":"a","values":[1,2,null]},{"label":"b","values":[null,7,6]}]}`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if w.Past("bottom") != nil {
		t.Error("there is the past of what there is not")
	}
	w.Take(began.Add(5*time.Second), nil)
	if b := w.Boards(); len(b) != 1 || b[0].Tasks != 0 || len(b[0].Rows) != 1 || len(w.Past("top").Times) != 3 {
		t.Errorf("what nobody tells of any more is %+v", b)
	}
	second(700, `[["c",1]]`)
	if got := asText(t, w.Past("top")); got != `{"times":[1700000],"series":[{"label":"c","values":[1]}]}` {
		t.Errorf("later %s", got)
	}
	w.Take(began.Add(2000*time.Second), nil)
	if len(w.Boards()) != 0 || w.Past("top") != nil {
		t.Error("it is never forgotten")
	}
}

// TestThePastIsBounded, also where every moment has other labels.
func TestThePastIsBounded(t *testing.T) {
	var w Wall
	for i := range 700 {
		var rows []string
		for k := range 60 {
			rows = append(rows, fmt.Sprintf(`["%d %d",%d]`, i, k, 100-k))
		}
		w.Take(time.Unix(int64(i), 0), told("top", `{"show":["stream"],"order":{"by":"number"},"rows":[`+strings.Join(rows, ",")+`]}`))
	}
	p := w.past["top"]
	if len(p.frames) != 601 || len(p.names) > 3*seriesShown*len(p.frames) || len(p.frames[0].labels) != seriesShown {
		t.Errorf("%d moments with %d labels are kept", len(p.frames), len(p.names))
	}
	if s := w.Past("top"); len(s.Series) != mostSeries || len(s.Series[0].Values) != 601 {
		t.Errorf("%d series are shown", len(s.Series))
	}
}

// TestTheDocumentedBoard: what docs/boards.md says that a board is, is one.
func TestTheDocumentedBoard(t *testing.T) {
	text, err := os.ReadFile("../../docs/boards.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	block, _, _ := strings.Cut(rest, "```")
	want := `{"id":"it","title":"Trending","show":["bars","stream"],"columns":["tag","count"],"rows":[["#storm",12],["#rain",7]],"updated":"2026-01-01T00:00:01Z","tasks":1}`
	if got := asText(t, Of(told("it", block))[0]); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
