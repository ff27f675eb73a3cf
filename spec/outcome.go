package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Outcome is what a tested host has to have done when a case is over. What is not set is not looked at.
type Outcome struct {
	Acked    *uint64  `yaml:"acked"`    // trees that ended well
	Failed   *uint64  `yaml:"failed"`   // trees that did not
	Sink     []string `yaml:"sink"`     // the tuples that came to the sink, JSON arrays in order
	Told     []string `yaml:"told"`     // what the source before a bolt was told: "ack 1", "fail 2", in any order
	Log      []string `yaml:"log"`      // parts of log lines, each a level and a text: "warn: unknown command"
	Errors   []string `yaml:"errors"`   // parts of the component's errors, one each
	Restarts uint64   `yaml:"restarts"` // of the component
}

// Observed is what a host has done, in the words of Outcome.
type Observed struct {
	Acked, Failed uint64
	Sink, Told    []string
	Log, Errors   []string
	Restarts      uint64
}

// Check says what is not as it should be; nil if everything is. A nil Outcome wants nothing.
func (o *Outcome) Check(got *Observed) error {
	if o == nil {
		return nil
	}
	var sink []string
	for _, text := range o.Sink {
		sink = append(sink, newValues().fill(text))
	}
	switch {
	case o.Acked != nil && got.Acked != *o.Acked:
		return fmt.Errorf("%d trees were acked, not %d", got.Acked, *o.Acked)
	case o.Failed != nil && got.Failed != *o.Failed:
		return fmt.Errorf("%d trees failed, not %d", got.Failed, *o.Failed)
	case o.Sink != nil && !slices.Equal(sink, got.Sink):
		return fmt.Errorf("the sink got %s, not %s", cut(strings.Join(got.Sink, " ")), cut(strings.Join(sink, " ")))
	case o.Told != nil && !slices.Equal(slices.Sorted(slices.Values(o.Told)), slices.Sorted(slices.Values(got.Told))):
		return fmt.Errorf("the source was told %q, not %q", got.Told, o.Told)
	case o.Restarts != got.Restarts:
		return fmt.Errorf("the component was started again %d times, not %d", got.Restarts, o.Restarts)
	case len(o.Errors) != len(got.Errors):
		return fmt.Errorf("there are %d errors, not %d: %q", len(got.Errors), len(o.Errors), got.Errors)
	}
	for i, want := range o.Errors {
		if !strings.Contains(got.Errors[i], want) {
			return fmt.Errorf("error %d is %q, not about %q", i+1, got.Errors[i], want)
		}
	}
	for _, want := range o.Log {
		level, text, _ := strings.Cut(want, ": ")
		if !slices.ContainsFunc(got.Log, func(line string) bool {
			return strings.HasPrefix(line, level+": ") && strings.Contains(line, text)
		}) {
			return fmt.Errorf("the log has no line %q, but %q", want, got.Log)
		}
	}
	return nil
}
