package host

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/gstorm/gstorm/internal/stats"
)

// metrics keeps the last value of each metric that a component reported, by task. Nothing has to be registered first
// (Storm wanted a Java class for each).
type metrics struct {
	mu   sync.Mutex // guards last
	last map[metricKey]json.RawMessage
}

type metricKey struct {
	component string
	task      int
	name      string
}

func (m *metrics) set(component string, task int, name string, params []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil {
		m.last = map[metricKey]json.RawMessage{}
	}
	if params == nil {
		params = []byte("null")
	}
	m.last[metricKey{component, task, name}] = bytes.Clone(params) // they lie in the reader's memory
}

// list returns all of them, by component, task and name.
func (m *metrics) list() []stats.Metric {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []stats.Metric
	for key, value := range m.last {
		list = append(list, stats.Metric{Component: key.component, Task: key.task, Name: key.name, Value: value})
	}
	slices.SortFunc(list, func(a, b stats.Metric) int {
		return cmp.Or(strings.Compare(a.Component, b.Component), a.Task-b.Task, strings.Compare(a.Name, b.Name))
	})
	return list
}
