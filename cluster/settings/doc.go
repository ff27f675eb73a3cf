// Package settings is what can be said to an agent, and where: by a flag (--join), by an environment variable (GSTORM_JOIN)
// and in a config file (join), which mean the same since they come from one table and go through one parser. What stands
// first in this list counts; a value that is empty is as if it were not there.
//
// The config file is YAML, of which it takes the little that a list of settings needs: key: value, lists in brackets or a
// line each, quotes, comments. People who run machines write it, and so does what they write files with. All else that YAML
// can say (nesting, anchors, tags, texts of several lines, escapes) is refused with the line where it stands, and not
// understood differently than elsewhere; so a parser of some hundred lines does, with no library behind it.
package settings
