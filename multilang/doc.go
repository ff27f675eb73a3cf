// Package multilang is the protocol between the host of a topology and components in other languages: Storm's JSON
// multilang protocol, and gstorm's extension of it. It is bytes, messages and the rules of the conversation; it knows no
// process, no clock and no topology.
//
// # Frames
//
// Host and component each write a sequence of frames to the other, over two pipes that are independent of each other. A
// frame is a JSON text, a line break, and a line that is exactly "end":
//
//	{"command":"emit","id":7,"tuple":["to","be"]}
//	end
//
// What the host writes is exact: one line of ASCII with every key there, and LF as the line break. Libraries differ in
// what else they would understand. What it reads may be anything that some library writes, or that user code prints
// between the frames: line breaks of any kind, JSON over several lines, text around the JSON, bytes that are no UTF-8,
// numbers that JSON does not have. Text around a message is handed out as noise. A value that can't be carried spoils its
// own tuple only.
//
// # Who calls what
//
//	host ──AppendHandshake──▶ component     the first frame; nothing more until the component's pid
//	host ──AppendNext, AppendSpoutAck, AppendSpoutFail, AppendActivate, AppendDeactivate──▶ spout
//	                                        one at a time: the spout answers each with a sync, after any emits
//	host ──AppendTuple, AppendTick, AppendHeartbeat──▶ bolt
//	host ──AppendTaskIDs──▶ either          for each emit that asked which tasks got it
//	host ◀──Reader.Next── either            emit, ack, fail, log, error, metrics, sync, as Messages
//
// A Session for each component says what may be written at any moment and what a Message means when it comes.
//
// The values of tuples and the message ids of spouts go through as the JSON text that they were (Canonical); AppendValues
// and DecodeValues are for components that are written in Go.
//
// Package msgpack turns these frames into MessagePack and back, for libraries that speak that.
//
// # The extension
//
// The handshake can offer the extension with one more key, and the same in conf:
//
//	"gstorm": {"v":1,"features":["finished","busy","error_at","batch","level"]}
//
// A component that knows it answers with the features that it takes, beside its pid. Libraries that don't know it ignore
// the key and never answer; then, and if nothing was offered, the protocol is Storm's byte for byte.
//
//	finished  a spout says {"command":"finished"} before a sync: it has nothing more to emit. It gets no next until a
//	          tuple of it failed; acks and fails it still gets
//	busy      a heartbeat may be answered while a handler runs: {"command":"sync","busy":12.5}, in seconds
//	error_at  {"command":"error","msg":"...","class":"ZeroDivisionError","file":"wc.rb","line":12,"id":"17"} says where
//	          an exception was raised, and which tuple it was about if it was about one
//	batch     a bolt gets {"first":17,"comp":"lines","stream":"default","task":3,"batch":[["a"],["b"]]} and may answer
//	          {"command":"batch","emits":[{"tuples":[[17,["x"]]]}],"fails":[18],"acks":[17]}; a spout gets
//	          {"command":"next","id":"","n":100,"acks":[1],"fails":[2]}. Reader.Next takes batches apart
package multilang
