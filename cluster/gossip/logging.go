package gossip

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"

	"github.com/gstorm/gstorm/internal/seldom"
)

// lines takes what memberlist logs, lines such as "2026/01/02 15:04:05 [WARN] memberlist: text".
type lines struct {
	to   *slog.Logger
	said *seldom.Speaker
}

func (g *Gossip) lines() lines { return lines{g.log, &g.said} }

// Write takes a line. What is known to come with every packet of a stranger is said once in a while.
func (l lines) Write(line []byte) (int, error) {
	level, text := parse(string(line))
	if m := meaning(text); m != "" {
		if !l.said.May(m + " " + sender(text)) {
			level = slog.LevelDebug
		}
		text += " (" + m + ")"
	}
	if strings.Contains(text, "ignoring alive message for") {
		level = slog.LevelDebug // NotifyAlive has said it
	}
	l.to.Log(context.Background(), level, text)
	return len(line), nil
}

// sender is the address that a line of memberlist ends with, without its port.
func sender(text string) string {
	_, from, _ := strings.Cut(text, "from=")
	host, _, _ := net.SplitHostPort(from)
	return host
}

var levels = map[string]slog.Level{"[DEBUG]": slog.LevelDebug, "[INFO]": slog.LevelDebug, "[WARN]": slog.LevelWarn, "[ERR]": slog.LevelError, "[ERROR]": slog.LevelError}

// parse takes a line of memberlist apart.
func parse(line string) (slog.Level, string) {
	line = strings.TrimSpace(line)
	if at := strings.IndexByte(line, '['); at > 0 {
		line = line[at:]
	}
	prefix, text, _ := strings.Cut(line, " ")
	level, ok := levels[prefix]
	if !ok {
		return slog.LevelInfo, line
	}
	return level, "gossip: " + strings.TrimPrefix(text, "memberlist: ")
}

// meanings are what lines mean to who runs the cluster, by what is in them in lower case.
var meanings = []struct{ sign, meaning string }{
	{"no installed keys could decrypt", "somebody has another key of the cluster"},
	{"encryption is configured but", "somebody has no key of the cluster"},
	{"label", "somebody is of another cluster"},
	{"was able to connect to", "TCP works and UDP does not: is it blocked between the two?"},
}

func meaning(text string) string {
	text = strings.ToLower(text)
	for _, m := range meanings {
		if strings.Contains(text, m.sign) {
			return m.meaning
		}
	}
	return ""
}

// failures is how many of those that memberlist was told of could not be joined.
func failures(err error) int {
	return strings.Count(err.Error(), "failed to join ") + strings.Count(err.Error(), "failed to resolve ")
}

// oneLine is memberlist's error on one line.
func oneLine(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if _, list, many := strings.Cut(text, "occurred: * "); many {
		text = strings.ReplaceAll(list, " * ", "; ")
	}
	return errors.New(text)
}
