package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gstorm/gstorm/ui"
)

// shown are words that are counted by two tasks, and told of by two more.
const shown = `name: words
config: {topology.workers: 2}
spouts: [{id: w, builtin: TestWordSpout}]
bolts:
  - {id: count, builtin: count, options: {by: word}, parallelism: 2}
  - {id: top, builtin: board, options: {title: Names, key: word, value: count}, parallelism: 2}
streams:
  - {from: w, to: count, grouping: {type: FIELDS, args: [word]}}
  - {from: count, to: top, grouping: {type: FIELDS, args: [word]}}
`

// boardOf waits until all five words are on the board, which is told of by both tasks.
func boardOf(t *testing.T, page string) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(2 * time.Minute); ; <-look.C {
		var b ui.BoardView
		if get(t, page+"v1/topologies/words/boards/top", &b) == http.StatusOK && len(b.Rows) == 5 && b.Tasks == 2 {
			words := map[any]bool{}
			for i, row := range b.Rows {
				words[row[0]] = true
				if i > 0 && row[1].(float64) > b.Rows[i-1][1].(float64) {
					t.Errorf("row %d is not where it belongs: %v", i, b.Rows)
				}
			}
			if len(words) != 5 || b.Title != "Names" || b.Past == nil || len(b.Past.Times) == 0 {
				t.Errorf("%+v", b)
			}
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("the board is %+v", b)
		}
	}
}

// TestTheBoardOfARun: what a board's tasks get is at the page, together.
func TestTheBoardOfARun(t *testing.T) {
	cmd, page := startOnPageOf(t, shown)
	boardOf(t, page)
	if status := post(t, page+"v1/topologies/words/kill", `{"wait": 0}`); status != http.StatusNoContent {
		t.Errorf("kill: %d", status)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestTheBoardOfACluster: its tasks are in two workers, and any agent knows all of it.
func TestTheBoardOfACluster(t *testing.T) {
	slow(t, "some seconds")
	t.Parallel()
	c := newTestCluster(t, 3)
	file := filepath.Join(t.TempDir(), "words.yaml")
	if err := os.WriteFile(file, []byte(shown), 0o600); err != nil {
		t.Fatal(err)
	}
	c.must("submit", file)
	for _, a := range c.agents {
		boardOf(t, "http://"+a.address+"/")
	}
	c.must("kill", "words", "-w", "0")
}
