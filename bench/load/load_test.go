package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/gstorm/gstorm/bench/measure"
	"github.com/gstorm/gstorm/spec/libraries"
)

// TestMain lets this program be the guard of the children that its tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == guardName {
		main()
		return
	}
	os.Exit(m.Run())
}

// loaded is one short run of the command.
func loaded(t *testing.T, arguments ...string) (r measure.Result, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	arguments = append([]string{"-components", "../components", "-warm", "50ms", "-measure", "400ms"}, arguments...)
	code = command(t.Context(), arguments, &stdout, &stderr)
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%v: %v\n%s", arguments, err, stderr.String())
	}
	return r, code
}

func TestEveryShapeIsMeasuredAndChecked(t *testing.T) {
	const five = 5 * 7.8 // words of five sentences
	for name, arguments := range map[string][]string{
		"word count":      nil,
		"not acked":       {"-set", "topology.acker.executors=0"},
		"several tasks":   {"-spouts", "2", "-splits", "3", "-counts", "2"},
		"at a rate":       {"-rate", "1000"},
		"chain":           {"-shape", "chain", "-length", "3"},
		"fan":             {"-shape", "fan", "-length", "3"},
		"large sentences": {"-shape", "chain", "-size", "10000"},
		"held back":       {"-shape", "chain", "-hold", "-set", "topology.max.spout.pending=20000"},
	} {
		t.Run(name, func(t *testing.T) {
			r, code := loaded(t, arguments...)
			if code != 0 || r.Error != "" || r.Failed != 0 {
				t.Fatalf("exit code %d, %+v", code, r)
			}
			if r.Sentences <= 0 || r.Slowest > r.Fastest || r.Tuples <= 0 || r.Start <= 0 || r.CPU <= 0 || r.Emitted == 0 || r.Counted == 0 {
				t.Errorf("%+v", r)
			}
			if (name == "at a rate") != (r.P50 > 0 && r.P50 <= r.P99) || (name == "held back") != (r.TreeBytes > 0) {
				t.Errorf("%+v", r)
			}
			if name == "word count" && r.Counted < uint64(float64(r.Emitted-5)*five/5) {
				t.Errorf("%d words of %d sentences", r.Counted, r.Emitted)
			}
		})
	}
}

func TestComponentsInRuby(t *testing.T) {
	libraries.Programs(t, "ruby")
	r, code := loaded(t, "-spout", "rb", "-split", "rb", "-count", "rb")
	if code != 0 || r.Sentences <= 0 || r.Counted < 7*r.Emitted {
		t.Errorf("exit code %d, %+v", code, r)
	}
}

func TestWrongCountsAreAnError(t *testing.T) {
	libraries.Programs(t, "ruby")
	r, code := loaded(t, "-split", "testdata/forgetful.rb:Split")
	if code != 1 || r.Error == "" {
		t.Errorf("exit code %d, %+v", code, r)
	}
}
