// Package deploy brings a cluster of agents to machines that are reached by ssh, and keeps it as one file says.
//
// What is wanted is a File, read from cluster.yaml, with what gstorm makes for it once in a folder beside it (Vault). What
// there is on a host is Facts, which one script gathers. Plan makes steps of both, and is pure: so a second run has none, and
// what would be done can be told without doing it. A Deployment carries steps out, by a Shell; the ssh command is one.
//
// Scripts are constant texts for any sh (scripts/*.sh). What differs comes to them as variables, quoted, and as their
// standard input; so nothing of a file, and no secret, stands on a command line (remote.go).
package deploy
