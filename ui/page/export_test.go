package page

import (
	"maps"
	"slices"
)

// Files are the addresses of all files.
func Files() []string { return slices.Sorted(maps.Keys(assets())) }
