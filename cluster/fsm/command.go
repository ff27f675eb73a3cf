package fsm

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Command is a change of the state. The commands are the types of this package that have an apply method.
type Command interface {
	// name is the command's in the log. It is never used for anything else.
	name() string
	// apply changes the state, or returns an error and changes nothing.
	apply(s *State) error
}

// known are all commands, by name.
var known = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, c := range []Command{
		&AddNode{}, &RemoveNode{}, &LoseNode{}, &DrainNode{}, &Submit{}, &Upgrade{}, &Rollback{}, &SetStatus{}, &Kill{}, &Rebalance{}, &SetLogLevel{}, &Place{}, &Remove{},
	} {
		types[c.name()] = reflect.TypeOf(c).Elem()
	}
	return types
}()

// entry is a command as it is in the log.
type entry struct {
	Do   string          `json:"do"`
	With json.RawMessage `json:"with"`
}

// Encode is the command for the log.
func Encode(c Command) ([]byte, error) {
	with, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return json.Marshal(entry{c.name(), with})
}

// Decode reads what Encode has written. Its error is an *UnknownCommandError where the command is of a newer gstorm.
func Decode(text []byte) (Command, error) {
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("an entry of the cluster's log can't be read: %w", err)
	}
	kind, ok := known[e.Do]
	if !ok {
		return nil, &UnknownCommandError{e.Do}
	}
	c := reflect.New(kind).Interface().(Command)
	if err := json.Unmarshal(e.With, c); err != nil {
		return nil, fmt.Errorf("an entry %q of the cluster's log can't be read: %w", e.Do, err)
	}
	return c, nil
}
