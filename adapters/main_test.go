package adapters_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/gstorm/gstorm/adapters"
)

// daemonVariable makes this test binary leave its process group, say so in the file that the variable names, and stay.
const daemonVariable = "GSTORM_TEST_DAEMON"

// hostVariable makes it describe a file by the script that the variable holds, print the script's stderr, and stay.
const hostVariable = "GSTORM_TEST_HOST"

// openLibraryVariable makes it open the library of the tests, print its directory and exit.
const openLibraryVariable = "GSTORM_TEST_OPEN_LIBRARY"

func TestMain(m *testing.M) {
	if os.Getenv(openLibraryVariable) != "" {
		l, err := testLibrary().Open()
		if err != nil {
			panic(err)
		}
		fmt.Print(l.Dir())
		os.Exit(0)
	}
	if pipe := os.Getenv(daemonVariable); pipe != "" {
		daemon(pipe)
	}
	if script := os.Getenv(hostVariable); script != "" {
		host(script)
	}
	goleak.VerifyTestMain(m)
}

func daemon(pipe string) {
	if _, err := syscall.Setsid(); err != nil {
		panic(err)
	}
	if err := os.WriteFile(pipe, fmt.Appendln(nil, os.Getpid()), 0); err != nil {
		panic(err)
	}
	untilTerminated()
}

func host(script string) {
	print := record{onAdd: func(line string) { fmt.Println(strings.TrimPrefix(line, "stderr: ")) }}
	request := adapters.Request{File: os.Args[0], Logger: print.logger()}
	if _, err := shell(script).Describe(context.Background(), request); err != nil {
		panic(err)
	}
	untilTerminated()
}

func untilTerminated() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	os.Exit(0)
}

// anyFile is a file for Requests whose describing process is a script that doesn't read it.
func anyFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wc.x")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// shell is a describing process that is a shell script.
func shell(script string) adapters.Describer {
	return adapters.Describer{Command: []string{"sh", "-c", script}}
}

// describe opens a described file whose Close the test need not call.
func describe(t *testing.T, r adapters.Request, d adapters.Describer) *adapters.Description {
	t.Helper()
	description, err := d.Describe(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := description.Close(); err != nil {
			t.Error(err)
		}
	})
	return description
}

// record keeps the lines that were logged or printed.
type record struct {
	mu    sync.Mutex
	lines []string
	onAdd func(line string)
}

func (r *record) add(line string) {
	r.mu.Lock()
	r.lines = append(r.lines, line)
	r.mu.Unlock()
	if r.onAdd != nil {
		r.onAdd(line)
	}
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// logger logs into the record: the stream, a colon, the line.
func (r *record) logger() *slog.Logger { return slog.New(recordHandler{r}) }

type recordHandler struct{ to *record }

func (recordHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h recordHandler) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h recordHandler) WithGroup(string) slog.Handler          { return h }

func (h recordHandler) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "stream" {
			line = a.Value.String() + ": " + line
		}
		return true
	})
	h.to.add(line)
	return nil
}
