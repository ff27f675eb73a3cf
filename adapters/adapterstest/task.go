package adapterstest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/adapters"
)

// firstEmit starts a spout's task, gives it a handshake and a first command, and returns the message that it emits with,
// after the task has ended with its input.
func firstEmit(t *testing.T, launch adapters.Launch, component string) string {
	t.Helper()
	cmd := exec.Command(launch.Command[0], launch.Command[1:]...)
	cmd.Dir, cmd.Stderr = launch.Dir, os.Stderr
	cmd.Env = os.Environ()
	for name, value := range launch.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	handshake, err := json.Marshal(map[string]any{
		"conf": map[string]any{}, "pidDir": t.TempDir(),
		"context": map[string]any{"taskid": 1, "componentid": component, "task->component": map[string]string{"1": component}},
	})
	if err == nil {
		_, err = stdin.Write([]byte(string(handshake) + "\nend\n{\"command\":\"next\"}\nend\n"))
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), `"emit"`) {
	}
	emitted := lines.Text()
	stdin.Close()
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return emitted
}

// number is the number that a line is, or 0.
func number(line string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(line))
	return n
}
