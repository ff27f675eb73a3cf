package multilang

import (
	"encoding/json"
	"slices"
)

// extensionKey is where the extension is offered in the handshake and its conf, and answered in the pid message.
const extensionKey = "gstorm"

// extensionVersion is the version of the extension that this package speaks.
const extensionVersion = 1

// The features of the extension.
const (
	FeatureFinished = "finished" // a spout says that it has nothing more to emit
	FeatureBusy     = "busy"     // heartbeats are answered while a handler runs, with how long it has run
	FeatureErrorAt  = "error_at" // errors say the exception's class, file, line and tuple
	FeatureLevel    = "level"    // the host says from which level on the component logs
	FeatureBatch    = "batch"    // many tuples, acks and fails in one frame, both ways
	FeaturePacked   = "packed"   // the same in binary, with values of Go types: offered to components in Go alone
)

// Extension is what a host offers in the handshake, or what host and component have agreed on. A nil *Extension is the
// classic protocol.
type Extension struct {
	V        int
	Features []string
}

// Offer returns what is offered to components of every language.
func Offer() *Extension {
	return &Extension{V: extensionVersion, Features: []string{FeatureFinished, FeatureBusy, FeatureErrorAt, FeatureBatch, FeatureLevel}}
}

// OfferPacked is Offer to a component in Go.
func OfferPacked() *Extension {
	e := Offer()
	e.Features = append(e.Features, FeaturePacked)
	return e
}

// Has reports whether a feature is offered or agreed on.
func (e *Extension) Has(feature string) bool { return e != nil && slices.Contains(e.Features, feature) }

// Agree returns what a component accepted of the offer e: raw is Message.Extension of its pid message. Features that
// were not offered don't count. It is nil, the classic protocol, if nothing was offered or raw is no answer to it.
func (e *Extension) Agree(raw []byte) *Extension {
	if e == nil || raw == nil {
		return nil
	}
	var echo struct {
		V        int      `json:"v"`
		Features []string `json:"features"`
	}
	if err := json.Unmarshal(raw, &echo); err != nil || echo.V < 1 {
		return nil
	}
	agreed := &Extension{V: min(e.V, echo.V)}
	for _, f := range e.Features {
		if slices.Contains(echo.Features, f) {
			agreed.Features = append(agreed.Features, f)
		}
	}
	return agreed
}
