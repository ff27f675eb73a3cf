package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/ui"
)

// talkative are topologies whose spout and bolt say something at every level, again and again.
var talkative = map[string]string{
	"talk.rb": `require "gstorm"
class Talk < Gstorm::Spout
  output_fields :n
  on_send { sleep 0.02; log.debug { "spout debug" }; log.info "spout info"; [1] }
end
class Listen < Gstorm::Bolt
  on_receive(emit: false) { |t| log.debug "bolt debug" if log.debug?; log.info "bolt info" }
end
class Talkative < Gstorm::Topology
  spout Talk
  bolt(Listen) { from Talk }
end
`,
	"talk.py": `import logging
import time
from gostorm import Bolt, Spout, Topology

class Talk(Spout):
    outputs = ["n"]

    def next_tuple(self):
        time.sleep(0.02)
        logging.getLogger("library").debug("spout debug")
        self.logger.info("spout info")
        self.emit([1])

class Listen(Bolt):
    def process(self, tup):
        self.logger.debug("bolt debug")
        self.logger.info("bolt info")

class Talkative(Topology):
    talk = Talk.spec()
    listen = Listen.spec(inputs=[talk])
`,
	"talk.mjs": `import { bolt, spout, topology } from 'gstorm';

const talk = spout(['n'], async ({ emit, log }) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  log.debug('spout debug');
  log.info('spout info');
  emit([1]);
});
const listen = bolt([], (t, { log }) => {
  log.debug('bolt debug');
  log.info('bolt info');
});

export default topology('talkative', (t) => {
  t.spout('talk', talk);
  t.bolt('listen', listen).from('talk');
});
`,
}

// TestTheLevelOfALogIsChangedWhileItRuns: what a component says at debug is in the log when that was asked for, and then alone;
// others go on as before.
func TestTheLevelOfALogIsChangedWhileItRuns(t *testing.T) {
	slow(t, "some seconds")
	for name, source := range talkative {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			aLevelIsChanged(t, file)
		})
	}
	t.Run("go", func(t *testing.T) {
		t.Parallel()
		aLevelIsChanged(t, "testdata/topology/talkative")
	})
}

func aLevelIsChanged(t *testing.T, file string) {
	gstorm, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(gstorm, "run", file, "--ui", ":0", "--summary", "none")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	page := ""
	terminal := bufio.NewScanner(stderr)
	for page == "" && terminal.Scan() {
		_, page, _ = strings.Cut(terminal.Text(), "the page of this run is at http://")
	}
	page = strings.TrimSuffix(page, "/")
	until := func(text string) { // on the terminal
		t.Helper()
		for terminal.Scan() {
			if strings.Contains(terminal.Text(), text) {
				return
			}
		}
		t.Fatalf("nobody says %q", text)
	}
	until("spout info")
	until("bolt info")
	var o ui.Overview
	get(t, "http://"+page+"/v1/overview", &o)
	topology := o.Topologies[0].Name
	level := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(gstorm, append([]string{"log-level", topology, "--run", page}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if text := logOf(t, page, topology); strings.Contains(text, " debug\"") {
		t.Errorf("without being asked: %s", text)
	}
	if out := level("listen", "debug", "--for", "1h"); !strings.Contains(out, "listen") || !strings.Contains(out, "debug") {
		t.Errorf("what is set: %s", out)
	}
	until("bolt debug")
	level("listen", "reset")
	level("talk", "debug")
	level("warn")
	until("spout debug")
	if text := logOf(t, page, topology); !strings.Contains(text, `"bolt debug"`) || !strings.Contains(text, `"spout debug"`) {
		t.Errorf("the page does not have it: %s", text)
	}
	if out := level(); !strings.Contains(out, "all others") || strings.Contains(out, "listen") {
		t.Errorf("what is set: %s", out)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stderr)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// logOf is the log of a run so far.
func logOf(t *testing.T, page, topology string) string {
	t.Helper()
	q, err := json.Marshal(ui.LogQuery{Last: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get("http://" + page + "/v1/topologies/" + topology + "/logs?q=" + url.QueryEscape(string(q)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
