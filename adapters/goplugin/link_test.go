package goplugin

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/host/child"
)

// TestWhatCanNotBeConnectedTo is told in gstorm's words, whatever go-plugin makes of it, and leaves nothing behind: neither
// where sockets are in the launcher's folder, nor where its path is too long for that.
func TestWhatCanNotBeConnectedTo(t *testing.T) {
	old := shortDir
	defer func() { shortDir = old }()
	var err error
	if shortDir, err = os.MkdirTemp(old, "s"); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(shortDir)
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", longestDir))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, program := range map[string]struct{ script, want string }{
		"another version":  {"echo '1|2|unix|/nowhere|grpc|'; sleep 60", "was built with a version of gstorm that this one can't speak with"},
		"ends at once":     {"exit 3", "its main has to call plugin.Main"},
		"something else":   {"echo hello; exec >&-; sleep 60", "its main has to call plugin.Main"},
		"nobody listens":   {"echo '1|1|unix|/nowhere|grpc|'; sleep 60", "connect to it: "},
		"takes no time":    {"sleep 60", "no connection to it within "},
		"another protocol": {"echo '1|1|unix|/nowhere|netrpc|'; sleep 60", "unsupported plugin protocol"},
	} {
		for _, temp := range []string{"", deep} {
			t.Run(name, func(t *testing.T) {
				var printed []string
				l, err := child.NewLauncher(child.LauncherOptions{
					TempDir: temp, Print: func(_ string, _ int, line string) { printed = append(printed, line) },
				})
				if err != nil {
					t.Fatal(err)
				}
				_, err = l.Start(t.Context(), child.Spec{
					Component: "c", Task: 1, Command: []string{"sh", "-c", program.script}, Link: link, StartTimeout: time.Second,
				})
				var death *child.Death
				if !errors.As(err, &death) || !strings.Contains(death.Report(), program.want) {
					t.Errorf("%v, expected %q", err, program.want)
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
				if name == "something else" && strings.Join(printed, "") != "hello" {
					t.Errorf("printed: %q", printed)
				}
				if left, err := os.ReadDir(shortDir); err != nil || len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
			})
		}
	}
}
