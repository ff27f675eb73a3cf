// Package spec holds what gstorm promises, for programs that check theirs against it: the schemas of the documents that it
// reads and writes, and the multilang protocol with its conformance cases. README.md says what each is for.
//
//	Conform   plays the host, against a component's process
//	Play      plays a component, within a process that a host has started
//
// The cases are data (cases/*.yaml). Frames are read and written here without package multilang, so that no mistake is on
// both sides of a case.
package spec

import _ "embed"

// TopologySchema returns the JSON Schema of a topology description.
func TopologySchema() []byte { return topologySchema }

// SummarySchema returns the JSON Schema of the summary of a run.
func SummarySchema() []byte { return summarySchema }

//go:embed topology.schema.json
var topologySchema []byte

//go:embed summary.schema.json
var summarySchema []byte
