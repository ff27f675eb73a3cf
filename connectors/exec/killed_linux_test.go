package exec

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gstorm/gstorm/connectors/connectortest"
)

// fifoVariable names the pipe to TestHelperThatIsKilled, which runs in a process of its own.
const fifoVariable = "GSTORM_TEST_FIFO"

func TestHelperThatIsKilled(t *testing.T) {
	fifo := os.Getenv(fifoVariable)
	if fifo == "" {
		t.Skip("it waits to be killed: TestACommandDiesWithGstorm runs it, in a process of its own")
	}
	connectortest.Open(t, spoutOf(t, map[string]any{"command": "exec >" + fifo + "; echo begun; exec sleep 1000"}))
	select {}
}

// TestACommandDiesWithGstorm kills the process that has started a command, whose end closes the pipe.
func TestACommandDiesWithGstorm(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	helper := exec.Command(os.Args[0], "-test.run", "^TestHelperThatIsKilled$")
	helper.Env = append(os.Environ(), fifoVariable+"="+fifo)
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	lines := bufio.NewScanner(from)
	if !lines.Scan() || lines.Text() != "begun" {
		t.Fatalf("the command wrote %q", lines.Text())
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // it was killed
	if lines.Scan() {
		t.Errorf("the command goes on: %q", lines.Text())
	}
}
