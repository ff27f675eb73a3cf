// Package file has the built-in spouts that read lines, of files and of standard input, and the bolt that writes them.
package file

import "github.com/gstorm/gstorm/connectors/catalog"

// Definitions are the components of the package.
func Definitions() []catalog.Definition {
	return []catalog.Definition{linesDefinition(), stdinDefinition(), jsonLinesDefinition(), sinkDefinition()}
}
