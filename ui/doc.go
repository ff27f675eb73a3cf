// Package ui is what gstorm's web page and Storm's monitoring tools ask for: documents that are ready to be shown, live
// events, and Storm's REST. It knows neither hosts nor clusters: whoever mounts it is its Source. Pure parts make the
// documents (history.go, advice.go, the views and storm_*.go); Server collects what they are made of, once a second for all
// who look, and answers requests.
package ui
