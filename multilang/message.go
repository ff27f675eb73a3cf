package multilang

// Message is one message from a component. Reader.Next fills it; which fields are set depends on Command, all others
// hold their zero value. Byte slices stay valid for ever, but must not be changed; they keep all that was read together
// with them in memory, 64 KiB and more, so copy what is to be kept for long. Anchors alone is reused when the same Message
// is given to Next again.
type Message struct {
	Command Command

	// Name is the name of a metric, or the command of an Unknown message as it was written.
	Name string

	// ID is the "id" of the message, nil if it has none or null. Of an Emit or Error it is the JSON text, so that a
	// spout gets back the same value of the same type that it gave; of an Ack or Fail it is the tuple id as plain
	// text (17, whether it was sent as "17" or as 17), for log lines.
	ID []byte

	// TupleID is ID as the number that the host gave the tuple (Ack, Fail, Error). TupleIDOK is false if there is
	// no id or the host can't have given it.
	TupleID   uint64
	TupleIDOK bool

	// LastID is the last of the tuples that an Ack or Fail answers, TupleID being the first: TupleID itself, unless it
	// came in a batch.
	LastID uint64

	// Stream is the stream of an Emit, never empty: gstorm's and Storm's "default" if none was named.
	Stream string

	// Task is the task that an Emit goes to directly; 0 means that the groupings decide, -1 with Invalid set that what
	// was given is no task id.
	Task int

	// Tuple is the text of a JSON array with the values of an Emit: valid, ASCII, one line. It is nil if the emit
	// has no tuple, or one that is not an array, or one that Invalid is about.
	Tuple []byte

	// Packed is the row with the values of an Emit that came packed (FeaturePacked), as package packed reads it; Tuple is nil
	// then. Only how many there are was looked at.
	Packed []byte

	// Arity is the number of values in Tuple or Packed.
	Arity int

	// Anchors are the tuples that an Emit of a bolt is anchored to, in the order and as often as they were given.
	// BadAnchors counts those that no host can have given.
	Anchors    []uint64
	BadAnchors int

	// NeedTaskIDs says that the component waits for the task ids of an Emit. It does unless it said false. For an
	// Emit to a task there is never an answer, whatever this says.
	NeedTaskIDs bool

	// Msg is the text of a Log or Error. A message that was no string is here as its JSON text.
	Msg string

	// Level is the level of a Log, LevelInfo unless one of Storm's five numbers was given.
	Level Level

	// Params is the JSON text of a Metrics' parameters, nil if there are none.
	Params []byte

	// PID is what the component said its process id is, 0 if it said nothing usable. It need not be the id of the
	// process that was started (wrapper scripts, containers).
	PID int

	// Extension is the JSON text of what a Pid says about the extension, nil if nothing. See Extension.Agree.
	Extension []byte

	// Busy is how many seconds a component's handler has run when it answers a heartbeat (extension), else 0.
	Busy float64

	// File, Line and Class say where an Error was raised and what was (extension).
	File  string
	Line  int
	Class string

	// Invalid is set if a value of the message can't be carried as JSON. The field that it stood in is nil, all
	// others are filled, so that the host can fail just this tuple and say which value of which field it was.
	Invalid *ValueError
}
