package host

import "sync"

// metrics keeps the last value of each metric that a component reported, by task. Nothing has to be registered first
// (Storm wanted a Java class for each).
type metrics struct {
	mu   sync.Mutex // guards last
	last map[metricKey]string
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
		m.last = map[metricKey]string{}
	}
	m.last[metricKey{component, task, name}] = string(params)
}
