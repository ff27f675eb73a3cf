package gossip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// lines takes what memberlist logs, lines such as "2026/01/02 15:04:05 [WARN] memberlist: text".
type lines struct{ to *slog.Logger }

// Write takes a line.
func (l lines) Write(line []byte) (int, error) {
	level, text := parse(string(line))
	l.to.Log(context.Background(), level, text)
	return len(line), nil
}

var levels = map[string]slog.Level{"[DEBUG]": slog.LevelDebug, "[INFO]": slog.LevelDebug, "[WARN]": slog.LevelWarn, "[ERR]": slog.LevelError, "[ERROR]": slog.LevelError}

// parse takes a line of memberlist apart. What it means to who runs the cluster is added where that is known.
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
	text = "gossip: " + strings.TrimPrefix(text, "memberlist: ")
	if m := meaning(text); m != "" {
		text += " (" + m + ")"
	}
	return level, text
}

// meanings are what lines mean to who runs the cluster, by what is in them in lower case.
var meanings = []struct{ sign, meaning string }{
	{"no installed keys could decrypt", "somebody has another key of the cluster"},
	{"encryption is configured but", "somebody has no key of the cluster"},
	{"remote state is encrypted", "this agent has no key, and the cluster has one"},
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

// hint is why no other could be joined, on one line, with what is mostly the cause where the error itself does not tell.
func hint(err error, cluster string, encrypted bool) error {
	if err == nil {
		return errors.New("none of the others answers")
	}
	text := strings.Join(strings.Fields(err.Error()), " ")
	if _, list, many := strings.Cut(text, "occurred: * "); many {
		text = strings.ReplaceAll(list, " * ", "; ")
	}
	switch m := meaning(text); {
	case m != "":
		text += ": " + m
	case strings.Contains(text, "EOF"), strings.Contains(text, "reset by peer"):
		key := "has it a key, which this one has not?"
		if encrypted {
			key = "has it the same key?"
		}
		text += fmt.Sprintf(": it is there and says nothing: is it of the cluster %q, and %s", cluster, key)
	}
	return errors.New(text)
}
