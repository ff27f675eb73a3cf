package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gstorm/gstorm"
)

// Newest is the newest form of what agents, workers and programs say to agents that is understood here, Oldest the oldest.
const (
	Newest = 1
	Oldest = 1
)

// protocolHeader says in a request what who asks understands, as OLDEST-NEWEST, and then which gstorm that is. People's
// programs need not send it: they see from the answers what they get. Members do (see CheckProtocol).
const protocolHeader = "Gstorm-Protocol"

// SetProtocol puts it into a request.
func SetProtocol(h http.Header) {
	h.Set(protocolHeader, fmt.Sprintf("%d-%d %s", Oldest, Newest, gstorm.Version()))
}

// CheckProtocol is why a request can't be understood here, or its answer there; nil: it can. member: it is of a kind that only
// agents and workers make, which always say what they understand.
func CheckProtocol(h http.Header, member bool) *Error {
	said := h.Get(protocolHeader)
	if said == "" && !member {
		return nil
	}
	spoken, version, _ := strings.Cut(said, " ")
	from, to, _ := strings.Cut(spoken, "-")
	first, err := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if err == nil && err2 == nil && first <= Newest && Oldest <= last {
		return nil
	}
	who := fmt.Sprintf("gstorm %.40s, which speaks protocol %.20s", version, spoken)
	if version == "" {
		who = "a gstorm that does not say what it speaks"
	}
	return &Error{Kind: Protocol, Message: fmt.Sprintf("who asks is %s, and the agent is gstorm %s, which speaks %d-%d: install the same version on both",
		who, gstorm.Version(), Oldest, Newest)}
}
