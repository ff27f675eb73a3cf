package spec

import (
	"encoding/json"
	"fmt"
)

// batch is a frame with the command batch, which a component may send where that was agreed on.
type batch struct {
	Command string
	Emits   []struct {
		Stream, Task json.RawMessage
		Tuples       [][]json.RawMessage
	}
	Fails, Acks []json.RawMessage
	Sync        bool
}

// unpack makes of a batch the classic messages that would say the same, so that cases need not know how a component divides
// what it has to say among frames. Any other frame stays as it is.
func unpack(frame []byte, kind string) ([][]byte, error) {
	var b batch
	if json.Unmarshal(frame, &b) != nil || b.Command != "batch" {
		return [][]byte{frame}, nil
	}
	head := "anchors"
	if kind == Spout {
		head = "id"
	}
	var messages [][]byte
	for _, group := range b.Emits {
		for _, row := range group.Tuples {
			if len(row) < 2 {
				return nil, fmt.Errorf("each of the tuples of a batch is anchors or an id, and then values: %s", cut(string(frame)))
			}
			for _, values := range row[1:] {
				message := map[string]any{"command": "emit", head: row[0], "tuple": values, "need_task_ids": false}
				if group.Stream != nil {
					message["stream"] = group.Stream
				}
				if group.Task != nil {
					message["task"] = group.Task
				}
				text, err := json.Marshal(message)
				if err != nil {
					return nil, fmt.Errorf("unpack batch: %w", err)
				}
				messages = append(messages, text)
			}
		}
	}
	for _, list := range []struct {
		command string
		ids     []json.RawMessage
	}{{"fail", b.Fails}, {"ack", b.Acks}} {
		for _, id := range list.ids {
			first, last, err := bounds(id)
			if err != nil {
				return nil, err
			}
			for ; first <= last; first++ {
				messages = append(messages, fmt.Appendf(nil, `{"command":%q,"id":%d}`, list.command, first))
			}
		}
	}
	if b.Sync {
		messages = append(messages, []byte(`{"command":"sync"}`))
	}
	return messages, nil
}

// bounds are the first and the last id of an element of acks or fails.
func bounds(element json.RawMessage) (first, last int, err error) {
	pair := []int{}
	if json.Unmarshal(element, &first) == nil {
		return first, first, nil
	}
	if json.Unmarshal(element, &pair) != nil || len(pair) != 2 || pair[1] < pair[0] || pair[1]-pair[0] > waiting {
		return 0, 0, fmt.Errorf("%s is neither the id of a tuple nor the first and last of several", cut(string(element)))
	}
	return pair[0], pair[1], nil
}
