// Command load is one measured run of gstorm in a process of its own: a topology of spout, split and count, or a chain or
// fan of bolts, each in Go or in a child, as its flags say. It prints a measure.Result as JSON, and exits with 1 unless
// everything that was emitted was handled and counted once.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/gstorm/gstorm/bench/measure"
	"github.com/gstorm/gstorm/host/child"
)

// guardName is the argument that makes this program the guard of its own children.
const guardName = "__guard"

func main() {
	if len(os.Args) == 2 && os.Args[1] == guardName {
		if err := child.RunGuard(os.Stdin, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// command is the program; it returns the exit code.
func command(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	o, err := readOptions(arguments)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "load:", err) // there is nowhere else to say it
		return 2
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	result, err := run(ctx, o, log)
	if err != nil {
		result.Error = err.Error()
	}
	return write(stdout, result)
}

func write(stdout io.Writer, r measure.Result) int {
	if err := json.NewEncoder(stdout).Encode(r); err != nil || r.Error != "" {
		return 1
	}
	return 0
}
