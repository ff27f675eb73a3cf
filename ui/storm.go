package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Storm's REST (org.apache.storm.daemon.ui.resources.StormApiResource), with Storm's names for everything: what it has no
// value for here is there and 0. Differences are in docs/storm-rest.md.

// object is a JSON object.
type object = map[string]any

// stormPath is where Storm has it.
const stormPath = "/api/v1"

// stormRoutes are all, by pattern.
func (s *Server) stormRoutes() map[string]Route {
	all := map[string]Route{}
	get := func(path string, do func(q *stormRequest) (any, error), parameters ...string) {
		all["GET "+stormPath+path] = Route{Read, s.storm(do, parameters)}
	}
	post := func(path string, do func(q *stormRequest) (any, error)) {
		all["POST "+stormPath+path] = Route{Operate, s.storm(do, nil)}
	}
	get("/cluster/configuration", s.stormConfiguration)
	get("/cluster/summary", s.stormCluster)
	get("/nimbus/summary", s.stormNimbus)
	get("/supervisor/summary", s.stormSupervisors)
	get("/supervisor", s.stormSupervisor, "id", "host", "sys")
	get("/owner-resources", s.stormOwners)
	get("/owner-resources/{owner}", s.stormOwner)
	get("/history/summary", s.stormHistory)
	get("/topology/summary", s.stormTopologies)
	get("/topology-workers/{id}", s.stormWorkers)
	get("/topology/{id}", s.stormTopology, "window", "sys")
	get("/topology/{id}/metrics", s.stormMetrics, "window", "sys")
	get("/topology/{id}/visualization-init", s.stormVisualizationInit, "window", "sys")
	get("/topology/{id}/visualization", s.stormVisualization, "window", "sys")
	get("/topology/{id}/component/{component}", s.stormComponent, "window", "sys")
	get("/topology/{id}/logconfig", s.stormLogConfig)
	post("/topology/{id}/logconfig", s.setLogConfig)
	post("/topology/{id}/activate", s.stormChange(Activate))
	post("/topology/{id}/deactivate", s.stormChange(Deactivate))
	post("/topology/{id}/rebalance/{wait}", s.stormChange(Rebalance))
	post("/topology/{id}/kill/{wait}", s.stormChange(Kill))
	post("/topology/{id}/debug/{action}/{percent}", s.stormDebug)
	post("/topology/{id}/component/{component}/debug/{action}/{percent}", s.stormDebug)
	get("/topology/{id}/lag", s.stormLag)
	for _, what := range []string{"start/{worker}/{minutes}", "stop/{worker}", "dumpprofile/{worker}", "dumpjstack/{worker}", "dumpheap/{worker}"} {
		post("/topology/{id}/profiling/"+what, s.unprofiled)
	}
	post("/topology/{id}/profiling/restartworker/{worker}", s.restartWorker)
	return all
}

// stormRequest is a request of Storm's REST.
type stormRequest struct {
	*http.Request
	cluster *Cluster
	now     time.Time
}

var callbacks = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$.]{0,99}$`)

// storm answers as Storm does: with JSONP if it is asked to, and errors in a form of their own.
func (s *Server) storm(do func(q *stormRequest) (any, error), names []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Harden(w.Header())
		callback, err := callbackOf(r)
		if err == nil {
			err = parameters(r, append(slices.Clone(names), "callback", "doAsUser", "_")...)
		}
		var v any
		if err == nil {
			v, err = do(&stormRequest{r, s.options.Source.Look(), time.Now()})
		}
		status := http.StatusOK
		if err != nil {
			status, v = stormError(err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if callback == "" {
			s.send(w, r, status, "application/json", text)
			return
		}
		s.send(w, r, http.StatusOK, "application/javascript", fmt.Appendf(nil, "%s(%s);", callback, text))
	})
}

// callbackOf is the function that the answer is to call. Storm lets the pages of all others read what it says, and so needs
// no more than to be reached by their readers; here Guard sees to it that the page is of the same site.
func callbackOf(r *http.Request) (string, error) {
	name := r.URL.Query().Get("callback")
	switch {
	case name == "":
		return "", nil
	case !callbacks.MatchString(name):
		return "", invalidf("the callback is no name of a function")
	}
	return name, nil
}

func stormError(err error) (int, object) {
	e := &Error{Failed, err.Error()}
	_ = errors.As(err, &e)
	status, text := e.status(), http.StatusText(e.status())
	if status == http.StatusInternalServerError {
		text = "Server Error"
	}
	return status, object{"error": fmt.Sprint(status, " ", text), "errorMessage": e.short().Message}
}

// topology makes a document of the topology that a request names, with counts of this moment.
func (q *stormRequest) topology(s *Server, make func(*stormTopology) (any, error)) (any, error) {
	w, err := q.window()
	if err != nil {
		return nil, err
	}
	return s.topologyDocument(q.Request, q.PathValue("id"), func(c *Cluster, r *record, now time.Time) (any, error) {
		t := &stormTopology{record: r, cluster: c, now: now, window: w, sys: q.sys()}
		t.spans = r.history.spans(now, r.uptime(now))
		return make(t)
	})
}

// window is the one that counts are asked for.
func (q *stormRequest) window() (window, error) {
	id := q.URL.Query().Get("window")
	if id == "" {
		id = allTime
	}
	i := slices.IndexFunc(windows, func(w window) bool { return w.id == id })
	if i < 0 {
		return window{}, invalidf("the window is %q: 600, 10800, 86400 or :all-time is expected", id)
	}
	return windows[i], nil
}

// sys reports whether what belongs to the system is asked for.
func (q *stormRequest) sys() bool {
	text := strings.ToLower(q.URL.Query().Get("sys"))
	return text == "1" || text == "true"
}

// stormTopology is what documents of a topology are made of.
type stormTopology struct {
	*record
	cluster *Cluster
	now     time.Time
	window  window
	spans   []span
	sys     bool
}

// then is where the window begins; nil: at the topology's beginning.
func (t *stormTopology) then() *frame {
	for i := range t.spans {
		if t.spans[i].id == t.window.id {
			return t.spans[i].from
		}
	}
	return nil
}

// hidden reports whether a name is one of the system's, and these are not asked for.
func (t *stormTopology) hidden(name string) bool { return !t.sys && strings.HasPrefix(name, "__") }

// ofComponent is what a component counted in the window.
func (t *stormTopology) ofComponent(id string) counts {
	then := t.then()
	if then == nil {
		return t.record.now().components[id]
	}
	return t.record.now().components[id].since(t.history.component(then, id))
}

// ofTask is what a task counted in the window.
func (t *stormTopology) ofTask(id int) counts {
	now := t.record.now().tasks[id]
	for i := range t.spans {
		if t.spans[i].id == t.window.id {
			now, _ = t.record.tasks.in(i, &t.spans[i], id, now)
		}
	}
	return now
}

func (t *stormTopology) ofStream(key streamKey) counts {
	then := t.then()
	if then == nil {
		return t.record.now().streams[key]
	}
	return t.record.now().streams[key].since(t.history.stream(then, key))
}

func (t *stormTopology) ofEdge(key edgeKey) counts {
	then := t.then()
	if then == nil {
		return t.record.now().edges[key]
	}
	return t.record.now().edges[key].since(t.history.edge(then, key))
}

// worker is the worker that a task is in; nil: none.
func (t *stormTopology) worker(task int) *Worker {
	for i := range t.record.topology.Workers {
		if slices.Contains(t.record.topology.Workers[i].TaskIDs, task) {
			return &t.record.topology.Workers[i]
		}
	}
	return nil
}

// decimals is a number as Storm writes latencies and shares: as a text.
func decimals(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }

// pretty is a time as Storm writes it: 1d 2h 3m 4s.
func pretty(seconds float64) string {
	left := int(seconds)
	text := ""
	for _, unit := range []struct {
		name string
		size int
	}{{"s", 60}, {"m", 60}, {"h", 24}} {
		text = fmt.Sprint(left%unit.size, unit.name, " ", text)
		if left /= unit.size; left == 0 {
			return strings.TrimSpace(text)
		}
	}
	return fmt.Sprint(left, "d ", strings.TrimSpace(text))
}

// hostPort is where a worker is.
func hostPort(w *Worker) (host string, port int) {
	if w == nil {
		return "", 0
	}
	i := strings.LastIndexByte(w.Address, ':')
	if i < 0 {
		return w.NodeName, 0
	}
	port, _ = strconv.Atoi(w.Address[i+1:])
	return w.NodeName, port
}

// logLink is where lines of a topology's log are.
func logLink(topology string, worker int, component string) string {
	q := LogQuery{Worker: worker, Last: 1000}
	if component != "" {
		q.Components = []string{component}
	}
	text, _ := json.Marshal(q)
	return "/v1/topologies/" + url.PathEscape(topology) + "/logs?q=" + url.QueryEscape(string(text))
}

// lastError is how Storm tells the last error of a component, within its entry.
func (t *stormTopology) lastError(id string) object {
	var last *stats.ComponentError
	for i := range t.snapshot.Errors {
		if t.snapshot.Errors[i].Component == id {
			last = &t.snapshot.Errors[i]
		}
	}
	if last == nil {
		return object{"lastError": "", "errorHost": "", "errorPort": "", "errorTime": nil, "errorLapsedSecs": nil, "errorWorkerLogLink": ""}
	}
	e := t.failure(last)
	text := []rune(last.Message)
	e["lastError"] = string(text[:min(len(text), 200)])
	delete(e, "error")
	return e
}

// failure is an error as Storm tells it.
func (t *stormTopology) failure(e *stats.ComponentError) object {
	w := t.worker(e.Task)
	host, port := hostPort(w)
	number := 0
	if w != nil {
		number = w.ID
	}
	return object{
		"error": e.Message, "errorTime": e.Time.Unix(), "errorHost": host, "errorPort": port,
		"errorLapsedSecs": int(t.now.Sub(e.Time).Seconds()), "errorWorkerLogLink": logLink(t.record.topology.Name, number, e.Component),
	}
}
