package ruby

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// openLibraryVariable makes this test binary open the library, print its directory and exit.
const openLibraryVariable = "GSTORM_TEST_OPEN_LIBRARY"

func TestMain(m *testing.M) {
	if os.Getenv(openLibraryVariable) != "" {
		l, err := openLibrary()
		if err != nil {
			panic(err)
		}
		fmt.Print(l.dir)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// lineLogger calls f with the message of every record, from one goroutine at a time.
func lineLogger(f func(line string)) *slog.Logger { return slog.New(lineHandler(f)) }

type lineHandler func(string)

func (lineHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h lineHandler) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h lineHandler) WithGroup(string) slog.Handler          { return h }

func (h lineHandler) Handle(_ context.Context, r slog.Record) error {
	h(r.Message)
	return nil
}
