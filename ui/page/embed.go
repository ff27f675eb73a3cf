// Package page is gstorm's web page: one HTML file, plain ES modules and style sheets, in the binary as they are in this
// folder. Nothing is built, and nothing is loaded from anywhere else. It shows what the HTTP API of package ui says; which
// part of it is open is in the fragment of the address, so that / is the only path that answers HTML.
package page

import "embed"

// files are what a browser may ask for.
//
//go:embed index.html icon.svg style *.js views parts dialogs vendor
var files embed.FS
