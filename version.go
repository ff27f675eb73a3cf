package gstorm

import (
	_ "embed"
	"strings"
)

//go:embed VERSION
var version string

// Version is the version of gstorm, of its libraries and of its documents: what stands in the file VERSION.
func Version() string { return strings.TrimSpace(version) }
