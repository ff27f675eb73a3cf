// Package spec holds the documents that gstorm promises to read and write, for programs that check theirs against them.
// README.md says what each is for.
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
