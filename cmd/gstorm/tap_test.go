package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gstorm/gstorm/internal/stats"
)

// TestTheTuplesOfARun: whoever asks the page of a run sees its tuples, until they hang up.
func TestTheTuplesOfARun(t *testing.T) {
	cmd, page := startOnPage(t)
	address := page + "v1/topologies/words/tap?component=w"
	response, err := http.Get(address + "&rate=100&where=word+%3D%3D+%22nathan%22")
	if err != nil {
		t.Fatal(err)
	}
	in := json.NewDecoder(response.Body)
	tuples, counts := 0, stats.TapCounts{}
	for tuples == 0 || counts.Looked == counts.Matched { // others have passed as well
		var line stats.TapLine
		if err := in.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Counts != nil {
			counts = *line.Counts
		}
		if line.Tuple != nil {
			tuples++
			if v := line.Tuple.Values; line.Tuple.Component != "w" || line.Tuple.Stream != "default" || len(v) != 1 || v[0] != (stats.TapValue{Field: "word", JSON: `"nathan"`}) {
				t.Errorf("shown: %+v", line.Tuple)
			}
		}
	}
	_ = response.Body.Close()
	response, err = http.Get(address + "&where=wrod+%3D%3D+1")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "unknown name wrod, did you mean word?") {
		t.Errorf("%d %s", response.StatusCode, text)
	}
	response, err = http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	if status := post(t, page+"v1/topologies/words/kill", `{"wait": 0}`); status != http.StatusNoContent {
		t.Errorf("kill: %d", status)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil && !strings.Contains(err.Error(), "EOF") { // it ends with the run
		t.Error(err)
	}
	_ = response.Body.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestTheTuplesOfACluster: one command shows those of all workers, on all nodes, whichever agent is asked.
func TestTheTuplesOfACluster(t *testing.T) {
	slow(t, "some seconds")
	t.Parallel()
	c := newTestCluster(t, 3)
	file := filepath.Join(t.TempDir(), "words.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(endless, "parallelism: 1", "parallelism: 2", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.must("submit", file, "--set", "topology.workers=2")
	for _, test := range []struct{ args, want string }{
		{"words conut", `there is no component "conut", did you mean "count"?`},
		{"words w defualt", `there is no stream "defualt", did you mean "default"?`},
		{"words w --where wrod>1", "unknown name wrod, did you mean word?"},
		{"words w --rate 0", "--rate is 0, expected 1 to 1000"},
		{"wrods w", `there is no topology "wrods", did you mean "words"?`},
	} {
		if _, stderr, err := c.run(append([]string{"tap"}, strings.Fields(test.args)...)...); err == nil || !strings.Contains(stderr, test.want) {
			t.Errorf("tap %s: %v: %s", test.args, err, stderr)
		}
	}
	cmd := c.command("tap", "words", "w", "--json", "--rate", "50", "--where", `len(word) > 0`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	nodes := map[string]bool{}
	for lines := bufio.NewScanner(stdout); len(nodes) < 2 && lines.Scan(); {
		var line stats.TapLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Problem != "" {
			t.Errorf("%s: %v", lines.Text(), err)
		}
		if line.Tuple != nil {
			nodes[line.Node] = true
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if len(nodes) != 2 {
		t.Errorf("tuples are from %v", nodes)
	}
	c.must("kill", "words", "-w", "0")
}
