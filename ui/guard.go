package ui

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// RequestHeader is what a browser has to send with what changes something. The page sets it; a page of somebody else's can't.
const RequestHeader = "Gstorm-Request"

// Guard refuses a request that a foreign page makes its reader's browser send, as a *Error. A browser says of what changes
// something where it comes from (Origin, or Sec-Fetch-Site); programs do not, and are not asked for anything. And a name that
// leads to the loopback only by somebody's DNS is none of this machine: names are those by which it may be reached besides
// its own.
func Guard(r *http.Request, names ...string) error {
	if err := checkHost(r, names); err != nil {
		return err
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return checkReader(r)
	}
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	if origin == "" && site == "" {
		return nil
	}
	if origin != "" {
		if from, err := url.Parse(origin); err != nil || from.Host != r.Host {
			return &Error{Forbidden, "a page of " + origin + " asks, and only gstorm's own may"}
		}
	}
	if site != "" && site != "same-origin" && site != "none" {
		return &Error{Forbidden, "a page of somebody else's asks, and only gstorm's own may"}
	}
	if r.Header.Get(RequestHeader) != "1" {
		return &Error{Forbidden, "a browser has to send the header " + RequestHeader + ": 1"}
	}
	return nil
}

// checkReader refuses what a foreign page includes, or asks for blindly: a script (Storm's callback=), which that page can read,
// or what makes work for the workers, as a tap does. It may have a link, which is what a reader follows.
func checkReader(r *http.Request) error {
	site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
	if site == "cross-site" && mode != "navigate" {
		return &Error{Forbidden, "a page of another site asks"}
	}
	// Browsers say where it comes from to whom nobody can listen in on, and to no others.
	if site == "" && r.URL.Query().Has("callback") && r.TLS == nil && !onLoopback(r) {
		return &Error{Forbidden, "a callback is for pages of gstorm's own site, and where this is asked for without TLS nobody says whether this is one"}
	}
	return nil
}

// PassOn makes a request that Guard has let through one that another Guard lets through: what a browser says in it is about who
// was asked first.
func PassOn(in, out *http.Request) {
	out.Header.Del("Origin")
	out.Header.Del("Sec-Fetch-Site")
	if in.Method == http.MethodGet || in.Method == http.MethodHead {
		out.Header.Set("Sec-Fetch-Site", "none")
	}
}

// onLoopback reports whether a request came by the loopback.
func onLoopback(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return false
	}
	address, _, err := net.SplitHostPort(local.String())
	return err == nil && net.ParseIP(address).IsLoopback()
}

func checkHost(r *http.Request, names []string) error {
	if r.TLS != nil || !onLoopback(r) {
		return nil // a certificate says which names are meant
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	own, err := os.Hostname()
	if host == "" || net.ParseIP(host) != nil || host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		err == nil && host == strings.ToLower(own) || slices.Contains(names, host) {
		return nil
	}
	return &Error{Forbidden, "this is not " + host}
}
