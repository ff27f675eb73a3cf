package ruby

import "embed"

// embedded is the Ruby library. The pattern leaves out files whose names begin with "." or "_"; there are none to miss,
// and what editors leave behind has such names.
//
//go:embed lib
var embedded embed.FS
