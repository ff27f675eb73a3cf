package ui

import (
	_ "embed" // the document
	"net/http"
)

// openAPI describes what can be asked, for programs.
//
//go:embed openapi.json
var openAPI []byte

func getOpenAPI(w http.ResponseWriter, _ *http.Request) {
	Harden(w.Header())
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // who asked may be gone
}
