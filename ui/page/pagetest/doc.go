// Package pagetest is a server that answers what the page asks with made-up documents, as the API of package ui would: in
// scenarios, with hostile values among them. For the tests of the page, and to work on it by hand (pagetest/serve).
package pagetest
