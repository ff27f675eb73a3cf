package python

import "embed"

// embedded is the Python library. The patterns name the sources one by one, since a directory's own would leave out
// __init__.py and take in what Python has compiled beside them.
//
//go:embed lib/boot.py lib/gstorm_boot/*.py lib/gostorm/*.py lib/gostorm/py.typed
//go:embed lib/compat/*/*.py lib/compat/*/*/*.py
var embedded embed.FS
