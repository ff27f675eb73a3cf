package trial

import (
	"encoding/json"
	"maps"
	"sync"

	"github.com/gstorm/gstorm"
)

// Recorder keeps what the components of a topology emit. Its zero value is ready to use, from any goroutine.
type Recorder struct {
	mu      sync.Mutex
	emitted map[string]map[string][]json.RawMessage
}

// Observe is for the host's Options.Observe.
func (r *Recorder) Observe(t *gstorm.Tuple) {
	text := Text(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.emitted == nil {
		r.emitted = map[string]map[string][]json.RawMessage{}
	}
	streams := r.emitted[t.Source.Component]
	if streams == nil {
		streams = map[string][]json.RawMessage{}
		r.emitted[t.Source.Component] = streams
	}
	streams[t.Source.Stream] = append(streams[t.Source.Stream], text)
}

// Emitted is what was observed so far: the values of each tuple as a JSON array, by component and stream, in the order in
// which they were emitted.
func (r *Recorder) Emitted() map[string]map[string][]json.RawMessage {
	r.mu.Lock()
	defer r.mu.Unlock()
	emitted := make(map[string]map[string][]json.RawMessage, len(r.emitted))
	for component, streams := range r.emitted {
		emitted[component] = maps.Clone(streams)
	}
	return emitted
}

// Text is a tuple's values as a JSON array that is the caller's. Values that JSON can't carry, which only Go code can
// emit, are told as a string.
func Text(t *gstorm.Tuple) json.RawMessage {
	if t.JSON != nil {
		return append(json.RawMessage(nil), t.JSON...)
	}
	own := *t // Decode keeps what it finds
	values, err := own.Decode()
	if values == nil {
		values = gstorm.Values{}
	}
	var text json.RawMessage
	if err == nil {
		text, err = json.Marshal(values)
	}
	if err != nil {
		text, _ = json.Marshal([]string{"no JSON: " + err.Error()}) // a string can always be written
	}
	return text
}
