package deadletters

import (
	"encoding/json"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Letter is a tuple that nobody could handle, with what is known of it. Values has its values as the text of a JSON array; of a
// component in Go, Packed has them in gstorm's own form, in which they go on their way again.
type Letter struct {
	ID        string             `json:"id"`
	Component string             `json:"component"` // the spout
	Task      int                `json:"task"`
	Stream    string             `json:"stream"`
	Direct    int                `json:"direct,omitempty"` // the task that it went to directly; 0: the groupings chose
	Message   string             `json:"message"`          // its id, as JSON text, or the beginning of that
	Fields    []string           `json:"fields"`
	Values    json.RawMessage    `json:"values"`
	Packed    []byte             `json:"packed,omitempty"`
	Failures  uint64             `json:"failures"`
	First     time.Time          `json:"first"`
	Last      time.Time          `json:"last"`
	Cause     stats.FailureCause `json:"cause"`
	Replays   int                `json:"replays,omitempty"`
	Asked     bool               `json:"asked,omitempty"` // it is to be replayed
}

// Show is the letter for people.
func (l *Letter) Show() stats.DeadLetter {
	shown := stats.DeadLetter{
		ID: l.ID, Component: l.Component, Task: l.Task, Stream: l.Stream, Message: l.Message, Fields: l.Fields, Failures: l.Failures,
		First: l.First, Last: l.Last, Cause: l.Cause, State: stats.LetterWaiting, Replays: l.Replays,
	}
	if shown.Fields == nil {
		shown.Fields = []string{}
	}
	if l.Asked {
		shown.State = stats.LetterReplaying
	}
	shown.Values, shown.More, _ = stats.ShowValues(l.Values, l.Fields) // they were written as an array
	return shown
}
