package terminal

import "unicode/utf8"

// key is what a key is for.
type key int

// What keys are for.
const (
	keyNone key = iota
	keyUp
	keyDown
	keyPageUp
	keyPageDown
	keyFirst
	keyLast
	keyEnter
	keyBack
	keySort
	keyPause
	keyHelp
	keyQuit
)

var letters = map[byte]key{
	'k': keyUp, 'j': keyDown, 'g': keyFirst, 'G': keyLast, '\r': keyEnter, '\n': keyEnter, 'l': keyEnter, 0x7f: keyBack, '\b': keyBack,
	's': keySort, 'p': keyPause, ' ': keyPause, '?': keyHelp, 'h': keyHelp, 'q': keyQuit, 'Q': keyQuit, 0x03: keyQuit, 0x04: keyQuit,
}

// sequences are what terminals send for keys after an escape, in both of the ways that are in use.
var sequences = map[string]key{
	"[A": keyUp, "OA": keyUp, "[B": keyDown, "OB": keyDown, "[C": keyEnter, "OC": keyEnter, "[D": keyBack, "OD": keyBack,
	"[5~": keyPageUp, "[6~": keyPageDown, "[H": keyFirst, "OH": keyFirst, "[1~": keyFirst, "[F": keyLast, "OF": keyLast, "[4~": keyLast,
}

// nextKey is the first key of what a terminal has sent, and how many bytes it takes; 0: more has to come, unless that is all.
func nextKey(sent []byte, all bool) (k key, n int) {
	if sent[0] != '\x1b' {
		if k, known := letters[sent[0]]; known {
			return k, 1
		}
		_, n = utf8.DecodeRune(sent)
		return keyNone, n
	}
	switch {
	case len(sent) == 1 && all:
		return keyBack, 1
	case len(sent) == 1:
		return keyNone, 0
	case sent[1] != '[' && sent[1] != 'O': // the key was pressed, and then another one; or one with Alt
		return keyBack, 1
	}
	for n = 2; n < len(sent); n++ {
		if c := sent[n]; c >= 0x40 && c <= 0x7e { // the end of a sequence
			return sequences[string(sent[1:n+1])], n + 1
		}
	}
	if all {
		return keyNone, len(sent)
	}
	return keyNone, 0
}

// allKeys are the keys of what has been sent, and what is left of it that is no key yet.
func allKeys(sent string, all bool) (keys []key, rest string) {
	for sent != "" {
		k, n := nextKey([]byte(sent), all)
		if n == 0 {
			break
		}
		keys, sent = append(keys, k), sent[n:]
	}
	return keys, sent
}
