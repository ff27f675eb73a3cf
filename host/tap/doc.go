// Package tap is what of looking at passing tuples needs no worker: which of them are taken, so that it costs a stream nearly
// nothing, and how they are shown.
package tap
