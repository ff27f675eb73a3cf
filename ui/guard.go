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
		return nil
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

func checkHost(r *http.Request, names []string) error {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil || r.TLS != nil {
		return nil // a certificate says which names are meant
	}
	address, _, err := net.SplitHostPort(local.String())
	if err != nil || !net.ParseIP(address).IsLoopback() {
		return nil
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
