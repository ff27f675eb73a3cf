package agent

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/blob"
	"github.com/gstorm/gstorm/cluster/consensus"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/port"
	"github.com/gstorm/gstorm/ui"
)

// route is one thing that the agent can be asked.
type route struct {
	role   string
	leader bool // only the leader can answer
	page   bool // of package ui, which wants to know the role of who asks
	handle func(w http.ResponseWriter, r *http.Request) error
}

// routes are all, by pattern (net/http.ServeMux).
func (a *Agent) routes() map[string]route {
	all := map[string]route{
		"GET /v1/members":                     {role: Read, leader: true, handle: a.getMembers},
		"GET /v1/topologies":                  {role: Read, leader: true, handle: a.getTopologies},
		"POST /v1/topologies":                 {role: Operate, leader: true, handle: a.postTopology},
		"GET /v1/topologies/{name}":           {role: Read, leader: true, handle: a.getTopology},
		"POST /v1/topologies/{name}/{action}": {role: Operate, leader: true, handle: a.changeTopology},
		"GET /v1/topologies/{name}/logs":      {role: Read, leader: true, handle: a.getLogs},
		"POST /v1/nodes/{node}/drain":         {role: Admin, leader: true, handle: a.drainNode},
		"DELETE /v1/nodes/{node}":             {role: Admin, leader: true, handle: a.removeNode},
		"PUT /v1/bundles/{hash}":              {role: Operate, handle: a.putBundle},
		"GET /v1/bundles/{hash}":              {role: Operate, handle: a.getBundle},
		"POST /v1/internal/ask":               {role: Internal, leader: true, handle: a.postQuestion},
		"POST /v1/internal/report":            {role: Internal, leader: true, handle: a.postReport},
		"GET /v1/internal/topologies/{id}":    {role: Internal, leader: true, handle: a.getOrdered},
		"POST /v1/internal/stats":             {role: Internal, handle: a.postStats},
		"GET /v1/internal/counts/{id}":        {role: Internal, handle: a.getCounts},
		"GET /v1/internal/past/{id}":          {role: Internal, handle: a.getPast},
		"GET /v1/internal/logs/{id}":          {role: Internal, handle: a.getNodeLogs},
		"GET /v1/internal/taps/{id}":          {role: Internal, handle: a.getNodeTap},
		"GET /v1/internal/traces/{id}":        {role: Internal, handle: a.getNodeTraces},
		"POST /v1/internal/tapped/{tap}":      {role: Internal, handle: a.postTapped},
		"POST /v1/internal/restarts/{id}":     {role: Internal, handle: a.postRestart},
	}
	all["GET /metrics"] = a.metrics()
	for pattern, to := range ui.ProfileRoutes() { // of this agent, whoever leads
		all[pattern] = route{role: to.Role, handle: func(w http.ResponseWriter, r *http.Request) error {
			to.Handler.ServeHTTP(w, r)
			return nil
		}}
	}
	maps.Copy(all, a.page.routes())
	maps.Copy(all, a.page.mounted(a.page.server.TapRoutes(a.tap)))
	maps.Copy(all, a.page.mounted(a.page.server.TraceRoutes(a.tracer)))
	maps.Copy(all, a.page.mounted(a.page.server.RestartRoutes()))
	maps.Copy(all, a.page.mounted(a.page.server.LogLevelRoutes()))
	maps.Copy(all, a.retryRoutes())
	return all
}

// maxRequest bounds a request that is no bundle.
const maxRequest = 64 << 20

// serve answers requests until ctx ends.
func (a *Agent) serve(ctx context.Context) error {
	mux := http.NewServeMux()
	for pattern, r := range a.routes() {
		mux.Handle(pattern, a.handler(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, &api.Error{Kind: api.NotFound, Message: "there is nothing at " + r.URL.Path})
	})
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			if c, ok := conn.(*port.Conn); ok {
				return context.WithValue(ctx, stateKey{}, c.State)
			}
			return ctx
		},
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(a.port.Requests()); ctx.Err() == nil {
		return err
	}
	return nil
}

// stateKey is the key of a connection's *tls.ConnectionState in the context of its requests.
type stateKey struct{}

// handler checks who asks, and has the request answered here or by the leader.
func (a *Agent) handler(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e := api.CheckProtocol(r.Header, to.role == Internal); e != nil {
			a.turnAway(r, e)
			a.refuse(w, r, e)
			return
		}
		state, _ := r.Context().Value(stateKey{}).(*tls.ConnectionState)
		if err := a.guard(r, state); err != nil {
			a.refuse(w, r, err)
			return
		}
		if check := a.options.Security.Check; check != nil && to.role != "" {
			if err := check(r, state, to.role); err != nil {
				a.turnAway(r, err)
				message := "this needs a token with the role " + to.role + " (gstorm token new makes one)"
				if to.role == Internal {
					message = "only members of the cluster may ask this: the certificate (settings ca, cert and key), or without certificates the key of the gossip, must be the cluster's"
				}
				a.refuse(w, r, &api.Error{Kind: api.Unauthorized, Message: message})
				return
			}
		}
		if to.page {
			r.Header.Set(roleHeader, a.roleOf(r, state))
		}
		if to.leader {
			if address, self := a.leaderAddress(); !self {
				a.passOn(w, r, address)
				return
			}
		}
		if r.Method != http.MethodPut {
			r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		}
		if err := to.handle(w, r); err != nil {
			a.refuse(w, r, err)
		}
	})
}

// turnAway says in the log that a request was refused, once in a while for who makes such requests again and again.
func (a *Agent) turnAway(r *http.Request, err error) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	level := slog.LevelDebug
	if a.said.May("refused " + host + " " + err.Error()) {
		level = slog.LevelWarn
	}
	a.log.Log(r.Context(), level, "a request was refused", slog.String("path", r.URL.Path), slog.String("from", r.RemoteAddr), "error", err)
}

// guard refuses what a foreign page has its reader's browser ask.
func (a *Agent) guard(r *http.Request, state *tls.ConnectionState) error {
	if state != nil {
		known := *r
		known.TLS = state
		r = &known
	}
	host, _, _ := net.SplitHostPort(a.address)
	return ui.Guard(r, host)
}

// passedHeader counts how often a request was passed on.
const passedHeader = "Gstorm-Passed-On"

// maxPassed is more than a request is passed on by agents that agree on who leads, and by one that does not know.
const maxPassed = 3

// passOn has another agent answer.
func (a *Agent) passOn(w http.ResponseWriter, r *http.Request, address string) {
	passed, _ := strconv.Atoi(r.Header.Get(passedHeader))
	if address == "" || passed >= maxPassed {
		a.refuse(w, r, errNoLeader)
		return
	}
	c := a.leader
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: c.Scheme, Host: address})
			p.Out.Header.Set(passedHeader, strconv.Itoa(passed+1))
			ui.PassOn(p.In, p.Out)
			// Whoever asks can have any header taken for one that ends here (Connection: Gstorm-Role), and this one says what they may see.
			if role := p.In.Header.Get(roleHeader); role != "" {
				p.Out.Header.Set(roleHeader, role)
			}
			if c.Authorize != nil {
				c.Authorize(p.Out)
			}
		},
		Transport: c.HTTP.Transport, FlushInterval: -1, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			a.log.Debug("a request could not be passed on", slog.String("to", address), "error", err)
			a.refuse(w, r, errNoLeader)
		},
	}
	proxy.ServeHTTP(w, r)
}

// refuse answers with an error.
func (a *Agent) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := explain(err)
	if e.Kind == api.Failed {
		a.log.Error("a request failed", slog.String("path", r.URL.Path), "error", err)
	}
	a.write(w, e.Status(), e)
}

// explain is an error as it is answered.
func explain(err error) *api.Error {
	var e *api.Error
	var foreign *ui.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &foreign):
		return &api.Error{Kind: foreign.Kind, Message: foreign.Message}
	case errors.As(err, &e):
		return e
	case errors.As(err, new(*fsm.NotFoundError)), errors.As(err, new(*blob.NotHeldError)):
		return &api.Error{Kind: api.NotFound, Message: err.Error()}
	case errors.As(err, new(*fsm.ConflictError)), errors.As(err, new(*fsm.StaleError)):
		return &api.Error{Kind: api.Conflict, Message: err.Error()}
	case errors.As(err, new(*consensus.NotLeaderError)):
		return errNoLeader
	case errors.As(err, new(*blob.CorruptError)), errors.As(err, &large):
		return &api.Error{Kind: api.Invalid, Message: err.Error()}
	}
	return &api.Error{Kind: api.Failed, Message: err.Error()}
}

func (a *Agent) write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		a.log.Debug("an answer could not be written", "error", err)
	}
}

// answer answers with what is there.
func (a *Agent) answer(w http.ResponseWriter, v any) error {
	a.write(w, http.StatusOK, v)
	return nil
}

// read reads a request.
func read(r *http.Request, v any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return &api.Error{Kind: api.Invalid, Message: "the request can't be read: " + err.Error()}
	}
	return nil
}
