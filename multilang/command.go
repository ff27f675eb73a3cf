package multilang

import "strconv"

// Command is what a component says with a message.
type Command uint8

// The commands of the protocol. Pid is the answer to the handshake, which has no "command" key; Finished belongs to the
// extension; Unknown is any other command, whose name the message keeps.
const (
	Unknown Command = iota
	Pid
	Emit
	Ack
	Fail
	Log
	Error
	Metrics
	Sync
	Finished
)

var commandNames = [...]string{"unknown", "pid", "emit", "ack", "fail", "log", "error", "metrics", "sync", "finished"}

// String is the command as it is written on the wire ("pid" and "unknown" for the two that are not).
func (c Command) String() string {
	if int(c) < len(commandNames) {
		return commandNames[c]
	}
	return "command " + strconv.Itoa(int(c))
}

// Level is the level of a log message, by Storm's numbers.
type Level uint8

// The levels that a component can log at (Storm's ShellMsg.ShellLogLevel). There is no fifth.
const (
	LevelTrace Level = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
)

var levelNames = [...]string{"trace", "debug", "info", "warn", "error"}

// String is the level's name in lower case.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return "level " + strconv.Itoa(int(l))
}
