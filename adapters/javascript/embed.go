package javascript

import "embed"

// embedded is the npm package. The pattern leaves out files whose names begin with "." or "_"; there are none to miss, and
// what editors leave behind has such names.
//
//go:embed lib package.json
var embedded embed.FS
