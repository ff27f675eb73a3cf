package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	version "github.com/gstorm/gstorm"
)

// report is all that a benchmark has found. As JSON it is for comparison over time.
type report struct {
	Version      string       `json:"version"`
	Began        time.Time    `json:"began"`
	Go           string       `json:"go"`
	System       string       `json:"system"`
	Architecture string       `json:"architecture"`
	Processors   int          `json:"processors"`
	Settings     string       `json:"settings"`
	Comparisons  []comparison `json:"comparisons"`
	Rounds       []round      `json:"rounds"`
	Missing      []absence    `json:"missing,omitempty"`
}

// absence is a side that could not run.
type absence struct {
	Side   string `json:"side"`
	Reason string `json:"reason"`
}

func newReport(settings string) *report {
	return &report{
		Version: "gstorm " + version.Version(), Began: time.Now(), Go: runtime.Version(),
		System: runtime.GOOS, Architecture: runtime.GOARCH, Processors: runtime.NumCPU(), Settings: settings,
	}
}

// write writes the report as JSON.
func (r *report) write(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o666)
}

// failure is the error of a report in which a run has failed: there are no figures by skipping work.
func (r *report) failure() error {
	var failed []string
	for i, round := range r.Rounds {
		for side, result := range round.Results {
			if result.Error != "" {
				failed = append(failed, fmt.Sprintf("%s in round %d: %s", side, i+1, result.Error))
			}
		}
	}
	if len(failed) == 0 {
		return nil
	}
	slices.Sort(failed)
	return errors.New(strings.Join(failed, "\n"))
}
