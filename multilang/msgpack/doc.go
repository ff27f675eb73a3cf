// Package msgpack translates between the two ways to write the protocol: JSON frames, which is what package multilang
// reads and writes, and the MessagePack that pystorm and streamparse speak when told to (streamparse_run -s msgpack). On
// such a wire the same messages stand back to back, as maps with string keys, without end lines; a component's answer to
// the handshake is one of them too. Nothing of that is negotiated: both sides have to be configured alike.
//
//	multilang.Append... ──JSON frames──▶ Encoder.Append ──MessagePack──▶ component
//	multilang.Reader    ◀──JSON frames── Reader.Read    ◀──MessagePack── component
//
// What becomes of the values of a component:
//
//	nil, bool             null, true, false
//	integers              all digits of them, up to 64 bits with or without sign
//	float 32, float 64    a float, 1 as 1.0; NaN and the infinities as NaN, Infinity, -Infinity, which multilang.Reader
//	                      refuses as it does those of other components
//	str                   a string
//	bin                   a string if it is UTF-8 (old Python writes text so), else it is refused
//	map                   an object; keys that are numbers, bools or nil become text, as Python's JSON has it
//	extension types       refused, the timestamp too: what its text should be is for the component to say
//
// What is refused spoils its own tuple only (multilang.ValueError). The other way, integers beyond 64 bits become the
// nearest float 64, like all numbers with a fraction or exponent.
package msgpack
