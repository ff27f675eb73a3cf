package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/gstorm/gstorm"
)

// handshake is what gstorm says first.
type handshake struct {
	PidDir  string         `json:"pidDir"`
	Conf    map[string]any `json:"conf"`
	Context struct {
		TaskID         int                      `json:"taskid"`
		ComponentID    string                   `json:"componentid"`
		TaskComponents map[int]string           `json:"task->component"`
		OutputFields   map[string]gstorm.Fields `json:"stream->outputfields"`
		// SourceFields are of what the component consumes, by source and stream.
		SourceFields map[string]map[string]gstorm.Fields `json:"source->stream->fields"`
	} `json:"context"`
	Extension json.RawMessage `json:"gstorm"`
}

// readHandshake reads the handshake. Numbers in the configuration keep their text.
func readHandshake(text []byte) (*handshake, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	h := &handshake{}
	if err := d.Decode(h); err != nil {
		return nil, fmt.Errorf("read handshake: %w", err)
	}
	return h, nil
}

// task is the handshake as a component sees it, without logger and metrics.
func (h *handshake) task() *gstorm.TaskContext {
	t := &gstorm.TaskContext{Component: h.Context.ComponentID, Task: h.Context.TaskID, Config: gstorm.Config(h.Conf)}
	t.Topology, _ = h.Conf[gstorm.TopologyName].(string)
	for _, id := range slices.Sorted(maps.Keys(h.Context.TaskComponents)) {
		if h.Context.TaskComponents[id] != t.Component {
			continue
		}
		if id == t.Task {
			t.Index = t.Tasks
		}
		t.Tasks++
	}
	return t
}

// command is a frame of JSON text: a command for a spout, a level for the log, or a heartbeat, a tick, or a tuple for a bolt.
type command struct {
	Command string          `json:"command"`
	N       *int            `json:"n"`
	Acks    []uint64        `json:"acks"`
	Fails   []uint64        `json:"fails"`
	ID      json.RawMessage `json:"id"`
	Stream  string          `json:"stream"`
	Tuple   []any           `json:"tuple"`
	Level   string          `json:"level"`
}

// levelCommand is the command that says from which level on is logged.
const levelCommand = "level"

// heartbeatStream is the stream of the frames that ask for a sign of life.
const heartbeatStream = "__heartbeat"

// readCommand reads a frame's text. An id is a number, in quotes or not.
func readCommand(text []byte) (c command, err error) {
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("a frame from gstorm is not understood: %w", err)
	}
	return c, nil
}

// tupleID is the id of a bolt's tuple.
func (c *command) tupleID() (id uint64, err error) {
	text := c.ID
	if n := len(text); n > 1 && text[0] == '"' {
		text = text[1 : n-1]
	}
	err = json.Unmarshal(text, &id)
	return id, err
}
