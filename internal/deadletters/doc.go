// Package deadletters keeps dead letters: tuples of spouts that have failed as often as they may. A List is a file that several
// processes work on at the same time (the workers of a node, its agent, the command line), each under the file's lock for a moment.
// What was put there is on disk before Put returns, and stays until it is dropped.
//
// The file has one record a line, behind its checksum (CRC-32C, in 8 hexadecimal digits): letters, and what became of them. Lines
// are only added; when most of the file is about letters that are gone, it is written anew and takes the old one's place. A line
// that makes no sense (a torn one, of a machine that went down) is passed over.
package deadletters
