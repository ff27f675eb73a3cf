package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// activateLimit is how long a spout may take to answer the first activate. Some libraries never do: that is one case that
// they fail, and not all.
const activateLimit = 2 * time.Second

// handshake is the first message of a runner that plays the host, as the texts ${handshake}, ${offer} (the same with the
// extension offered) and ${pid_dir}.
type handshake struct{ plain, offer, pidDir string }

// newHandshake makes the handshake for a component under test: task 1 of a topology in which it has one input and one
// consumer (task 2), each with the one field v.
func newHandshake(c *Case, kind, pidDir string) (handshake, error) {
	conf := map[string]any{
		"topology.name": "conformance", "topology.debug": false, "topology.acker.executors": 1, "topology.message.timeout.secs": 30,
	}
	maps.Copy(conf, c.Config)
	field, shuffle := []string{"v"}, map[string]any{"type": "SHUFFLE"}
	sources, groupings := map[string]any{}, map[string]any{}
	if kind == Bolt {
		sources["source"] = map[string]any{"default": field}
		groupings["source"] = map[string]any{"default": shuffle}
	}
	message := map[string]any{
		"pidDir": pidDir, "conf": conf,
		"context": map[string]any{
			"taskid": 1, "componentid": "component", "task->component": map[string]string{"1": "component", "2": "sink", "3": "source"},
			"streams": []string{"default"}, "stream->outputfields": map[string]any{"default": field},
			"stream->target->grouping": map[string]any{"default": map[string]any{"sink": shuffle}},
			"source->stream->grouping": groupings, "source->stream->fields": sources,
		},
	}
	plain, err := marshal(message)
	if err != nil {
		return handshake{}, err
	}
	extension := map[string]any{"v": 1, "features": []string{"finished", "busy", "error_at"}}
	message["gstorm"], conf["gstorm"], message["unknown"] = extension, extension, map[string]any{"more": []any{nil}}
	offer, err := marshal(message)
	return handshake{plain: plain, offer: offer, pidDir: pidDir}, err
}

// marshal leaves the arrows in the keys as they are.
func marshal(message any) (string, error) {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(message); err != nil {
		return "", fmt.Errorf("make handshake: %w", err)
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// open brings the conversation to where the steps of most cases begin: the pid was sent, a spout is active.
func (p *player) open() error {
	if p.c.Side == ComponentSide {
		return p.openAsHost()
	}
	return p.openAsComponent()
}

func (p *player) openAsHost() error {
	err := p.send(p.opening.plain)
	if err == nil {
		err = p.expect(&Step{Expect: `{"pid":"$=pid"}`})
	}
	if err != nil || p.kind == Bolt {
		return err
	}
	if err := p.send(`{"command":"activate","id":""}`); err != nil {
		return err
	}
	if _, err := p.await(`{"command":"sync"}`, time.After(activateLimit)); !errors.Is(err, errLate) {
		return err
	}
	return nil
}

func (p *player) openAsComponent() error {
	err := p.expect(&Step{Expect: `{"conf":"$object","context":"$object","pidDir":"$dir"}`})
	if err == nil {
		err = p.send(fmt.Sprintf(`{"pid":%d}`, p.pid))
	}
	if err != nil || p.kind == Bolt || p.c.Config["gstorm.activate"] == "never" {
		return err
	}
	if err := p.expect(&Step{Expect: `{"command":"activate","id":""}`}); err != nil {
		return err
	}
	return p.send(`{"command":"sync"}`)
}
