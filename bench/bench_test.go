package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/bench/measure"
)

// results is a round with so many sentences a second for each side.
func results(throughputs map[string]float64) round {
	r := round{Results: map[string]*measure.Result{}}
	for side, n := range throughputs {
		r.Results[side] = &measure.Result{Sentences: n, P50: 1 / n}
	}
	return r
}

func TestRatiosAreOfTheSameRound(t *testing.T) {
	rounds := []round{
		results(map[string]float64{"a": 100, "b": 50, "c": 10}),
		results(map[string]float64{"a": 300, "b": 100, "c": 200}),
		results(map[string]float64{"a": 400, "b": 100, "c": 100}),
		results(map[string]float64{"a": 1000}),
	}
	rounds[3].Results["b"] = &measure.Result{Sentences: 1, Error: "lost a word"}
	c := compare(row{name: "x", figure: throughput, ours: "a", theirs: []string{"b", "c"}, least: 2}, rounds, nil)
	if *c.Ours != (spread{100, 350, 1000}) || *c.Theirs != (spread{50, 100, 200}) || *c.Ratio != (spread{1.5, 2, 4}) || !*c.Met {
		t.Errorf("%v, %v, %v, %v", c.Ours, c.Theirs, c.Ratio, *c.Met)
	}
	c = compare(row{figure: p50, ours: "a", theirs: []string{"b", "c"}, least: 3}, rounds[:1], nil)
	if c.Ratio.Median != 2 || *c.Met {
		t.Errorf("where less is better: %v, %v", c.Ratio, *c.Met)
	}
	c = compare(row{figure: throughput, ours: "a", most: 99}, rounds[:1], nil)
	if c.Ratio != nil || *c.Met || c.Missing != "" {
		t.Errorf("a limit: %+v", c)
	}
	c = compare(row{figure: throughput, ours: "a", theirs: []string{"d"}, least: 1}, rounds, map[string]string{"d": "there is no d here"})
	if c.Met != nil || c.Missing != "there is no d here" {
		t.Errorf("without the other side: %+v", c)
	}
}

func TestNumbersHaveThreeDigitsThatMatter(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 0.01234: "0.0123", 0.15: "0.15", 2: "2", 9.996: "10", 12.34: "12.3", 123.4: "123", 1234: "1,230", 1234567: "1,230,000",
	} {
		if got := number(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}

func TestTablesSayWhatWasCompared(t *testing.T) {
	yes := true
	r := &report{
		Version: "gstorm 1", Processors: 2, System: "linux", Architecture: "amd64", Go: "go1", Settings: "2 rounds",
		Comparisons: []comparison{
			{Name: "native", Versus: "Storm", Figure: "sentences/s", Ours: &spread{1000, 2000, 3000}, Theirs: &spread{100, 100, 100}, Ratio: &spread{10, 20, 30}, Least: 7, Met: &yes},
			{Name: "native", Figure: "cores", Ours: &spread{0.1, 0.1, 0.1}, Most: 0.15, Met: &yes},
			{Name: "all", Versus: "bytewax", Figure: "sentences/s", Ours: &spread{1, 1, 1}, Least: 1, Missing: "there is no python3 here"},
		},
		Rounds:  []round{{calibration: calibration{20000, 200}, Steal: 0.01, Others: 0.5}},
		Missing: []absence{{"bytewax", "there is no python3 here"}},
	}
	var b bytes.Buffer
	if err := writeComparisons(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| native | Storm | sentences/s | 1,000 / **2,000** / 3,000 | **100** | 10 / **20** / 30 | 7x | met |",
		"| native |  | cores | **0.1** |  |  | at most 0.15 | met |",
		"| all | bytewax | sentences/s | **1** |  |  | 1x | there is no python3 here |",
		"| 1 | 20,000 | 200 | 0.01 | 0.50 |",
		"Not measured: bytewax (there is no python3 here).",
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("no line %s in\n%s", want, b.String())
		}
	}
}

func TestRowsAreAboutSides(t *testing.T) {
	var names []string
	for _, s := range sides() {
		if slices.Contains(names, s.name) {
			t.Errorf("two sides are called %s", s.name)
		}
		names = append(names, s.name)
	}
	for _, r := range rows() {
		for _, side := range append([]string{r.ours}, r.theirs...) {
			if !slices.Contains(names, side) {
				t.Errorf("%s: there is no side %s", r.title(), side)
			}
		}
	}
}

func TestWithoutPeersOurFiguresStandAlone(t *testing.T) {
	o, err := readOptions([]string{"-peers", "pipe", "-rows", "native|storm.js"})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, r := range choose(o) {
		titles = append(titles, r.title()+", "+r.figure.name)
	}
	for _, once := range []string{"native / native, not acked, sentences/s", "native, 1,000/s, ms, p50", "unmodified storm.js / bare pipe, sentences/s"} {
		if n := len(titles) - len(slices.DeleteFunc(slices.Clone(titles), func(t string) bool { return t == once })); n != 1 {
			t.Errorf("%s: %d times in %q", once, n, titles)
		}
	}
	for _, never := range []string{"native, sentences/s", "unmodified storm.js, sentences/s", "native / Storm, best tuning, sentences/s"} {
		if slices.Contains(titles, never) {
			t.Errorf("%s is in %q", never, titles)
		}
	}
}

func TestFailedRunsAreAFailure(t *testing.T) {
	r := &report{Rounds: []round{results(map[string]float64{"a": 1}), {Results: map[string]*measure.Result{"a": {Error: "lost a word"}}}}}
	if err := r.failure(); err == nil || err.Error() != "a in round 2: lost a word" {
		t.Error(err)
	}
	if err := (&report{Rounds: r.Rounds[:1]}).failure(); err != nil {
		t.Error(err)
	}
}
