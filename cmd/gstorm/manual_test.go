package main

import (
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// manual is the page whose messages are those of the tests' runs.
const manual = "../../docs/when-a-component-misbehaves.md"

// fenced is a block of the manual that shows what gstorm writes: its first line says at which fault, by the name of a test.
var fenced = regexp.MustCompile("(?ms)^```text fault=\"([^\"\n]+)\"\n(.*?)^```$")

// manualMessages are the messages of the manual by fault.
var manualMessages = sync.OnceValues(func() (map[string][]string, error) {
	page, err := os.ReadFile(manual)
	if err != nil {
		return nil, err
	}
	messages := map[string][]string{}
	for _, block := range fenced.FindAllSubmatch(page, -1) {
		messages[string(block[1])] = append(messages[string(block[1])], string(block[2]))
	}
	return messages, nil
})

// passing is what differs from one run to the next.
var passing = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d\.\d\d\d `), ""},
	{regexp.MustCompile(`\b(pid|line|tuples|count|not_logged|lines|processes) \d+`), "$1 N"},
	{regexp.MustCompile(`\b(tuples|count|not_logged|lines|faults|tuple)=\d+`), "$1=N"},
	{regexp.MustCompile(`: \d+ tuples`), ": N tuples"},
	{regexp.MustCompile(`first="\w+\[\d+\]`), `first="sleep[N]`}, // it may not have come to that yet
	{regexp.MustCompile(`/\d+\[\d+\]`), "/N[N]"},
	{regexp.MustCompile(`\b(\d+m)?\d+(\.\d+)?m?s\b`), "Ns"},
	{regexp.MustCompile(`"id": ?"\d+"`), `"id":"N"`},
	{regexp.MustCompile(`"tuple":\[\d+`), `"tuple":[N`},
	{regexp.MustCompile(`File "[^"]*/`), `File "`},
	{regexp.MustCompile(`\d+ more lines`), "N more lines"},
}

func withoutThePassing(text string) string {
	for _, p := range passing {
		text = p.pattern.ReplaceAllString(text, p.with)
	}
	return text
}

// asInTheManual fails the test unless gstorm has written all lines that the manual shows for a fault, in that order. A line
// of the manual that is "..." stands for some that it leaves out.
func (a *aftermath) asInTheManual(fault string) {
	a.Helper()
	messages, err := manualMessages()
	if err != nil {
		a.Fatal(err)
	}
	for _, message := range messages[fault] {
		written := "\n" + withoutThePassing(a.stderr)
		for _, part := range strings.Split(withoutThePassing(message), "...\n") {
			_, after, found := strings.Cut(written, "\n"+part)
			if !found {
				a.Errorf("the manual shows\n%s\ngstorm wrote\n%s", part, lastLines(a.stderr, 60))
				return
			}
			written = "\n" + after
		}
	}
}

// TestTheManualShowsOnlyWhatTestsRun holds the markers of the page to the names of the tests, which compare the messages.
func TestTheManualShowsOnlyWhatTestsRun(t *testing.T) {
	messages, err := manualMessages()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, bolt := range badBolts {
		known[bolt.fault] = true
	}
	for _, spout := range badSpouts {
		known["spout "+spout.fault] = true
	}
	for _, fault := range otherFaults {
		known[fault] = true
	}
	for fault := range messages {
		if !known[fault] {
			t.Errorf("the manual shows a message of the fault %q, which no test knows", fault)
		}
	}
	if len(messages) < 15 {
		t.Errorf("messages of only %d faults were found", len(messages))
	}
}
