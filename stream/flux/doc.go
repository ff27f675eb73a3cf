// Package flux reads topologies written in YAML for Flux, Storm's tool for topologies without code, so that files whose
// components are scripts run as they are.
//
//	text --substitution--> text --parse--> node --definition--> sections --include--> sections --builder--> gstorm.Topology
//
// A topology that was read says for every component and every stream in which file and line it stands. What a
// description can hold is left to gstorm's validator to judge; this package reports what only the YAML shows: its syntax,
// keys that Flux does not have, Java classes that are not there.
//
// Where Flux would need a JVM (topologySource, factories, Java classes of one's own) there is an error that says so. The
// classes that are known are in class.go.
package flux
