package agent

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// wantFailures is for how long a topology's workers give their failures after somebody has asked.
	wantFailures = 5 * time.Second
	// awaitFailures is how long it is waited for what they give.
	awaitFailures = 3 * time.Second
	// atWork is how old a worker's counts are at most that is waited for.
	atWork = 3 * time.Second
)

// nodeFailures are the failed messages of the workers of a node, as far as somebody has asked for them.
type nodeFailures struct {
	mu    sync.Mutex               // guards all below
	asked map[string]failuresAsked // by the topology's id
	given map[workerKey]failuresGiven
	news  chan struct{} // closed, and another one made, when there is something given
}

type failuresAsked struct {
	most  int
	until time.Time
}

type failuresGiven struct {
	stats.Failures
	at time.Time
}

// ask has the workers of a topology asked.
func (f *nodeFailures) ask(topology string, most int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if f.asked == nil {
		f.asked, f.given, f.news = map[string]failuresAsked{}, map[workerKey]failuresGiven{}, make(chan struct{})
	}
	for id, a := range f.asked {
		if now.After(a.until) {
			delete(f.asked, id)
		}
	}
	f.asked[topology] = failuresAsked{max(most, f.asked[topology].most), now.Add(wantFailures)}
}

// wanted is how many failures of a topology somebody wants to see; 0: nobody does.
func (f *nodeFailures) wanted(topology string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.asked[topology]; time.Now().Before(a.until) {
		return a.most
	}
	return 0
}

func (f *nodeFailures) give(g api.GivenFailures) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.given == nil {
		return // by an earlier agent's wish
	}
	now := time.Now()
	for key, g := range f.given {
		if now.Sub(g.at) > keepCounts {
			delete(f.given, key)
		}
	}
	f.given[workerKey{g.Topology, g.Worker}] = failuresGiven{g.Failures, now}
	close(f.news)
	f.news = make(chan struct{})
}

// of are the failures of workers, as they were given since; all: each of them has. news is closed when there is more.
func (f *nodeFailures) of(topology string, workers []int, since time.Time, most int) (sum stats.Failures, all bool, news <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all = true
	for _, w := range workers {
		g, ok := f.given[workerKey{topology, w}]
		if !ok || g.at.Before(since) {
			all = false
			continue
		}
		sum.Add(g.Failures, "", most)
	}
	return sum, all, f.news
}

// postFailures takes the failures of a worker of this node.
func (a *Agent) postFailures(w http.ResponseWriter, r *http.Request) error {
	var given api.GivenFailures
	if err := json.NewDecoder(r.Body).Decode(&given); err != nil { // of another gstorm, it may say more
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	a.failures.give(given)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getNodeFailures asks the workers of a topology on this node for their failures, and waits for a moment for what they say.
func (a *Agent) getNodeFailures(w http.ResponseWriter, r *http.Request) error {
	topology, since := r.PathValue("id"), time.Now()
	most := min(numberIn(r, "last"), stats.KeptFailures)
	a.failures.ask(topology, most)
	ctx, cancel := context.WithTimeout(r.Context(), awaitFailures)
	defer cancel()
	for {
		sum, all, news := a.failures.of(topology, a.counts.atWork(topology), since, most)
		if all {
			return a.answer(w, sum)
		}
		select {
		case <-news:
		case <-ctx.Done():
			return a.answer(w, sum)
		}
	}
}

// atWork are the workers of a topology that have given their counts a moment ago.
func (c *workerCounts) atWork(topology string) (workers []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, g := range c.given {
		if key.topology == topology && time.Since(g.at) < atWork {
			workers = append(workers, key.worker)
		}
	}
	return workers
}

// numberIn is a number that another agent says; 0: none.
func numberIn(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return 0
	}
	return max(0, n)
}

// lettersFolder is the folder of all dead letters of the node, a list for each topology by its name: whoever submits it again, mended,
// finds them.
func (a *Agent) lettersFolder() string { return filepath.Join(a.options.Data, "dead-letters") }

func (a *Agent) lettersOf(r *http.Request) *deadletters.List {
	return deadletters.In(a.lettersFolder(), r.PathValue("name"))
}

// getNodeLetters are the dead letters of a topology on this node.
func (a *Agent) getNodeLetters(w http.ResponseWriter, r *http.Request) (err error) {
	list := a.lettersOf(r)
	defer func() { err = errors.Join(err, list.Close()) }()
	all, err := list.Show(numberIn(r, "last"), numberIn(r, "most"))
	if err != nil {
		return err
	}
	return a.answer(w, all)
}

// workNodeLetters drops dead letters on this node, or notes that they are to be replayed, which its workers find on the list.
func (a *Agent) workNodeLetters(w http.ResponseWriter, r *http.Request) (err error) {
	var work api.LetterWork
	if err := json.NewDecoder(r.Body).Decode(&work); err != nil {
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	list := a.lettersOf(r)
	defer func() { err = errors.Join(err, list.Close()) }()
	var done api.LetterWorkDone
	switch what := r.PathValue("what"); what {
	case "drop":
		done.Done, err = list.Drop(work.LetterChoice)
	case "replay":
		done.Done, err = list.Ask(work.LetterChoice, func(l *deadletters.Letter) string {
			no := work.Outline.Misfit(l)
			if no == "" && !slices.Contains(work.Here, work.Outline.Home(l)) {
				done.Elsewhere = append(done.Elsewhere, *l)
				no = "its task is on another node"
			}
			return no
		})
		if misfit, ok := errors.AsType[*deadletters.MisfitError](err); ok {
			done.Misfit, err = misfit.Why, nil
		}
	default:
		return &api.Error{Kind: api.NotFound, Message: "dead letters can be replayed and dropped"}
	}
	if err != nil {
		return err
	}
	return a.answer(w, done)
}

// putNodeLetters takes dead letters of another node. There is always room: they are on a list already.
func (a *Agent) putNodeLetters(w http.ResponseWriter, r *http.Request) (err error) {
	var letters []*deadletters.Letter
	if err := json.NewDecoder(r.Body).Decode(&letters); err != nil || slices.Contains(letters, nil) {
		return &api.Error{Kind: api.Invalid, Message: "the dead letters can't be read"}
	}
	list := a.lettersOf(r)
	defer func() { err = errors.Join(err, list.Close()) }()
	if _, err := list.Put(math.MaxInt, letters...); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// cleanLetters removes lists of topologies that do not run any more, and were not written for as long as logs are kept.
func (n *node) cleanLetters() {
	if n.options.KeepLogs == 0 {
		return
	}
	names, err := deadletters.Topologies(n.lettersFolder())
	state, _ := n.consensus.State()
	for _, name := range names {
		path := deadletters.In(n.lettersFolder(), name).Path()
		info, lost := os.Stat(path)
		if state.Topologies[name] != nil || lost != nil || time.Since(info.ModTime()) < n.options.KeepLogs {
			continue
		}
		n.log.Warn("dead letters are removed, as their topology does not run any more", "topology", name, "since", info.ModTime())
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		n.log.Warn("old dead letters could not be removed", "error", err)
	}
}
