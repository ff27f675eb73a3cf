// Package blob carries a topology's files to the machines that run it. A Bundle is a folder in one file; its name is the hash
// of its bytes, so it is the same wherever it comes from, and one that was changed on the way is found. A Store keeps bundles
// and unpacks each once.
//
// A bundle is what somebody else has made: nothing in it gets out of its folder, whatever its names and links say, and it
// takes no more room than it may.
package blob
