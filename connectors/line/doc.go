// Package line is what built-in components that read or write lines have in common.
//
//	Source --Line--> Shape --Emission--> Spout, which keeps it until it is acked
//
// A Splitter makes lines of bytes, a Format a line of a tuple.
package line
