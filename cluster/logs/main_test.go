package logs

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

const topology = "words-1"

// begin is the time of the first record in tests that make their own.
var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// record is a line, a number of seconds after begin.
func record(second int, message string, attributes ...any) string {
	line := fmt.Sprintf(`{"time":%q,"level":"INFO","msg":%q`, begin.Add(time.Duration(second)*time.Second).Format(time.RFC3339Nano), message)
	for i := 0; i < len(attributes); i += 2 {
		switch value := attributes[i+1].(type) {
		case string:
			line += fmt.Sprintf(`,%q:%q`, attributes[i], value)
		default:
			line += fmt.Sprintf(`,%q:%v`, attributes[i], value)
		}
	}
	return line + "}"
}

// put writes a file of the topology's log.
func put(t *testing.T, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, topology, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func openWriter(t *testing.T, o Options) *Writer {
	t.Helper()
	if o.Topology == "" {
		o.Topology = topology
	}
	if o.Worker == 0 {
		o.Worker = 1
	}
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func logger(w *Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// all reads what there is.
func all(t *testing.T, q Query) (lines []Line) {
	t.Helper()
	if q.Topology == "" {
		q.Topology = topology
	}
	if q.Last == 0 {
		q.Last = 1 << 30
	}
	for l, err := range Read(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

func messages(lines []Line) (list []string) {
	for _, l := range lines {
		list = append(list, l.Message)
	}
	return list
}

// follower follows a log in a goroutine of its own.
type follower struct {
	t     *testing.T
	lines chan Line
}

func follow(t *testing.T, q Query) *follower {
	t.Helper()
	q.Topology, q.Follow = topology, true
	f := &follower{t, make(chan Line)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for l, err := range Read(ctx, q) {
			if err != nil {
				t.Error(err)
			}
			select {
			case f.lines <- l:
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return f
}

func (f *follower) next() Line {
	f.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case l := <-f.lines:
		return l
	case <-limit.C:
		f.t.Fatalf("nothing came within %s", patience)
	}
	return Line{}
}

func (f *follower) expect(message string) {
	f.t.Helper()
	if l := f.next(); l.Message != message {
		f.t.Fatalf("%q came, not %q", l.Message, message)
	}
}
