// Package javascript runs topologies that are written in JavaScript, with any Node from 18 on and no package.
package javascript

import (
	"context"
	"fmt"
	"time"

	"github.com/gstorm/gstorm/adapters"
)

// Adapter opens JavaScript files, and TypeScript files where the Node at hand runs them. Its zero value is ready to use.
//
// Two environment variables change what it uses: GSTORM_NODE names the interpreter (else it is the node on the PATH), and
// GSTORM_NODE_LIB a directory that holds the npm package (else it is the one that is built into gstorm).
type Adapter struct {
	// Limit is how long a file may take to load; 0: adapters.DefaultLimit.
	Limit time.Duration
}

// Extensions are those of modules of both kinds, and of TypeScript's.
func (Adapter) Extensions() []string { return []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"} }

// Open loads the file in a Node process. A Node that is missing or too old is the user's to mend, too.
func (a Adapter) Open(ctx context.Context, r adapters.Request) (adapters.Session, error) {
	node := interpreter()
	path, err := node.Find()
	if err != nil {
		return nil, err
	}
	return adapters.Interpreted{
		Library: Library(),
		Command: []string{path}, Program: path,
		Limit:   a.Limit,
		Explain: func(ctx context.Context) error { return node.TooOld(ctx, path) },
		Debug:   func(_ context.Context, port int) ([]string, string, error) { return debugger(path, port) },
	}.Open(ctx, r)
}

func interpreter() adapters.Interpreter {
	return adapters.Interpreter{
		Language: "Node.js", Programs: []string{"node", "nodejs"}, Variable: "GSTORM_NODE",
		Version: []string{"-p", "process.versions.node"}, Oldest: [2]int{18, 0},
		Package: "nodejs", Site: "https://nodejs.org/en/download",
	}
}

// debugger starts the interpreter at path with the inspector that it has built in.
func debugger(path string, port int) (command []string, attach string, err error) {
	at := fmt.Sprintf("127.0.0.1:%d", port)
	return []string{path, "--inspect-brk=" + at}, "node inspect " + at + ", or chrome://inspect in a browser", nil
}

// Library is what runs in Node's processes.
func Library() adapters.Library {
	return adapters.Library{Language: "JavaScript", Files: embedded, Boot: "lib/boot.js", Variable: "GSTORM_NODE_LIB"}
}
