package multilang

import "strconv"

// frameEnd is what follows the JSON text of a frame. Hosts write LF only: several libraries never see an end that was
// written otherwise.
const frameEnd = "\n" + terminator + "\n"

// AppendTuple appends the frame of a tuple for a bolt. values is the text of a JSON array, as Message.Tuple or
// AppendValues have it, nil for a tuple of no values; it is not looked at.
func AppendTuple(dst []byte, id uint64, comp, stream string, task int, values []byte) []byte {
	dst = appendTupleID(dst, id)
	dst = AppendString(dst, comp)
	dst = append(dst, `,"stream":`...)
	dst = AppendString(dst, stream)
	dst = append(dst, `,"task":`...)
	dst = strconv.AppendInt(dst, int64(task), 10)
	dst = append(dst, `,"tuple":`...)
	if values == nil {
		dst = append(dst, "[]"...)
	}
	dst = append(dst, values...)
	return append(dst, "}"+frameEnd...)
}

// AppendBatch appends the beginning of a frame with tuples of one source for a bolt (FeatureBatch): the first has that
// id, and each of the others the next one. AppendBatched for each tuple and AppendBatchEnd have to follow.
func AppendBatch(dst []byte, first uint64, comp, stream string, task int) []byte {
	dst = append(dst, `{"first":`...)
	dst = strconv.AppendUint(dst, first, 10)
	dst = append(dst, `,"comp":`...)
	dst = AppendString(dst, comp)
	dst = append(dst, `,"stream":`...)
	dst = AppendString(dst, stream)
	dst = append(dst, `,"task":`...)
	dst = strconv.AppendInt(dst, int64(task), 10)
	return append(dst, `,"batch":[`...)
}

// AppendBatched appends the values of the n-th tuple of a frame, from 0. They are what AppendTuple takes.
func AppendBatched(dst []byte, n int, values []byte) []byte {
	if n > 0 {
		dst = append(dst, ',')
	}
	if values == nil {
		dst = append(dst, "[]"...)
	}
	return append(dst, values...)
}

// AppendBatchEnd appends the end of a frame with tuples.
func AppendBatchEnd(dst []byte) []byte { return append(dst, "]}"+frameEnd...) }

// AppendTick appends the frame of a tick: secs is the component's topology.tick.tuple.freq.secs. Libraries know it by
// the component, stream and task of Storm's Constants.
func AppendTick(dst []byte, id uint64, secs int) []byte {
	dst = appendTupleID(dst, id)
	dst = append(dst, `"__system","stream":"__tick","task":-1,"tuple":[`...)
	dst = strconv.AppendInt(dst, int64(secs), 10)
	return append(dst, "]}"+frameEnd...)
}

// AppendHeartbeat appends the frame of a heartbeat for a bolt, which answers it with a sync. The component is null, but
// must be there.
func AppendHeartbeat(dst []byte, id uint64) []byte {
	dst = appendTupleID(dst, id)
	return append(dst, `null,"stream":"__heartbeat","task":-1,"tuple":[]}`+frameEnd...)
}

// appendTupleID appends the beginning of a tuple, up to its component. The id is a string because JavaScript would round
// a number.
func appendTupleID(dst []byte, id uint64) []byte {
	dst = append(dst, `{"id":"`...)
	dst = strconv.AppendUint(dst, id, 10)
	return append(dst, `","comp":`...)
}

// AppendTaskIDs appends the frame that tells a component which tasks got what it emitted.
func AppendTaskIDs(dst []byte, tasks []int32) []byte {
	dst = append(dst, '[')
	for i, t := range tasks {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(t), 10)
	}
	return append(dst, "]"+frameEnd...)
}

// AppendNext appends the frame that asks a spout for tuples.
func AppendNext(dst []byte) []byte { return appendCommand(dst, "next", emptyID) }

// AppendCredit appends the frame that brings a spout the ends of trees, and asks it for up to n tuples (FeatureBatch).
// acks and fails are Message.ID of the emits.
func AppendCredit(dst []byte, n int, acks, fails [][]byte) []byte {
	dst = append(dst, `{"command":"next","id":"","n":`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = appendIDs(dst, `,"acks":[`, acks)
	dst = appendIDs(dst, `,"fails":[`, fails)
	return append(dst, "}"+frameEnd...)
}

// appendIDs appends a list under its key, nothing for an empty one.
func appendIDs(dst []byte, key string, ids [][]byte) []byte {
	if len(ids) == 0 {
		return dst
	}
	for i, id := range ids {
		if i == 0 {
			dst = append(dst, key...)
		} else {
			dst = append(dst, ',')
		}
		dst = append(dst, id...)
	}
	return append(dst, ']')
}

// AppendActivate appends the frame that tells a spout that its topology is active.
func AppendActivate(dst []byte) []byte { return appendCommand(dst, "activate", emptyID) }

// AppendDeactivate appends the frame that tells a spout that its topology is paused.
func AppendDeactivate(dst []byte) []byte { return appendCommand(dst, "deactivate", emptyID) }

// AppendSpoutAck appends the frame that tells a spout that a tuple's tree is complete. rawID is Message.ID of its emit.
func AppendSpoutAck(dst, rawID []byte) []byte { return appendCommand(dst, "ack", rawID) }

// AppendSpoutFail appends the frame that tells a spout that a tuple's tree has failed. rawID is Message.ID of its emit.
func AppendSpoutFail(dst, rawID []byte) []byte { return appendCommand(dst, "fail", rawID) }

// AppendLevel appends the frame that tells a component from which level on it is to log (FeatureLevel): debug, info, warn or error; "" has
// it log as it did before it was told anything. It is not answered, and may come between any two other frames.
func AppendLevel(dst []byte, level string) []byte {
	dst = append(dst, `{"command":"level","level":`...)
	dst = AppendString(dst, level)
	return append(dst, "}"+frameEnd...)
}

// emptyID is the id of commands that need none; Storm writes the key all the same.
const emptyID = `""`

func appendCommand[T string | []byte](dst []byte, command string, id T) []byte {
	dst = append(dst, `{"command":"`...)
	dst = append(dst, command...)
	dst = append(dst, `","id":`...)
	dst = append(dst, id...)
	return append(dst, "}"+frameEnd...)
}
