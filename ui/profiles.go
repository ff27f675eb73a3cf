package ui

import (
	"net"
	"net/http"
	"net/http/pprof"
)

// ProfileRoutes are the profiles of the process that is asked, for go tool pprof. They show what it is doing and not what passes
// through, but taking them costs it time: that needs the role admin.
func ProfileRoutes() map[string]Route {
	all := map[string]Route{}
	for pattern, answer := range map[string]http.HandlerFunc{
		"GET /debug/pprof/": pprof.Index, "GET /debug/pprof/cmdline": pprof.Cmdline, "GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/trace": pprof.Trace, "GET /debug/pprof/symbol": pprof.Symbol, "POST /debug/pprof/symbol": pprof.Symbol,
	} {
		all[pattern] = Route{Admin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			Harden(w.Header())
			answer(w, r)
		})}
	}
	return all
}

// OnlyHere are routes for who asks from this machine: for a server that asks for no password.
func (s *Server) OnlyHere(routes map[string]Route) map[string]Route {
	all := map[string]Route{}
	for pattern, route := range routes {
		all[pattern] = Route{route.Role, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
				Harden(w.Header())
				s.refuse(w, r, &Error{Forbidden, "this is only for who asks from the same machine"})
				return
			}
			route.Handler.ServeHTTP(w, r)
		})}
	}
	return all
}
