package exposition

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gstorm/gstorm/internal/stats"
)

// maxReported is how many values that components report are told of one topology. A component that reports one for each of
// its users must not bring down who keeps them all.
const maxReported = 10_000

// reported sends what components have reported as metrics: numbers, and objects of numbers by their keys. What they are (do
// they only grow?) they do not say, so neither is it said here. What cannot be a number is left to the summary.
func (e *exposed) reported(metrics []stats.Metric) {
	sent, over := map[[4]string]bool{}, 0
	for i := range metrics {
		m := &metrics[i]
		values := numbersOf(m.Value)
		for _, key := range slices.Sorted(maps.Keys(values)) {
			labels := [4]string{m.Component, strconv.Itoa(m.Task), strings.ToValidUTF8(m.Name, "\uFFFD"), key}
			if len(sent) == maxReported || sent[labels] { // or two names differ in what is no UTF-8
				over++
				continue
			}
			sent[labels] = true
			name := m.Name
			if key != "" {
				name += "_" + key
			}
			// The names as they are go along: two that are made the same are still told apart.
			desc := describe("metric_"+safeName(name), "Reported by a component as a metric.", []string{"component", "task", "metric", "key"})
			e.send(family{desc, prometheus.UntypedValue}, values[key], labels[:]...)
		}
	}
	e.send(metricsLeftOut, float64(over))
}

// numbersOf are the numbers in a value that a component has reported: itself, under "", or those of an object by its keys.
func numbersOf(value json.RawMessage) map[string]float64 {
	var number float64
	if json.Unmarshal(value, &number) == nil && string(value) != "null" {
		return map[string]float64{"": number}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil {
		return nil
	}
	numbers := map[string]float64{}
	for key, value := range object {
		if key != "" && json.Unmarshal(value, &number) == nil && string(value) != "null" {
			numbers[key] = number
		}
	}
	return numbers
}

// maxName is how long the name of a reported metric may be; the label has all of it.
const maxName = 100

// safeName makes a name that Prometheus takes, in the style of its names: camelCase becomes camel_case, and whatever is no
// letter or digit of ASCII an underscore.
func safeName(name string) string {
	var b strings.Builder
	before := '_'
	for _, c := range name {
		if b.Len() >= maxName {
			break
		}
		switch {
		case c >= 'A' && c <= 'Z':
			if unicode.IsLower(before) || unicode.IsDigit(before) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(c))
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case before != '_':
			c = '_'
			b.WriteByte('_')
		default:
			c = '_'
		}
		before = c
	}
	if safe := strings.Trim(b.String(), "_"); safe != "" {
		return safe
	}
	return "unnamed"
}
