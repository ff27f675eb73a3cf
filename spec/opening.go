package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// activateLimit is how long a spout may take to answer the first activate. Some libraries never do: that is one case that
// they fail, and not all.
const activateLimit = 2 * time.Second

// The features of the extension that a runner offers: with batches in cases about them only.
var (
	features     = []string{"finished", "busy", "error_at", "level"}
	withBatches  = append(features[:len(features):len(features)], "batch")
	errNoBatches = errors.New("the component does not take batches")
)

// handshake is the first message of a runner that plays the host, as the texts ${handshake}, ${offer} (the same with the
// extension offered) and ${pid_dir}.
type handshake struct{ plain, offer, pidDir string }

// setting is where a component under test stands: it is task 1, its input comes from task 3, its output goes to task 2.
type setting struct {
	component string                         // its id
	inputs    map[string]map[string][]string // fields by source and stream; of bolts
	outputs   map[string][]string            // fields by stream
	ignored   []string                       // output streams that have no consumer
	conf      map[string]any
	batches   bool // are offered
}

// conformanceSetting is the setting of components that cases test: one input and one consumer, each with the one field v.
func conformanceSetting(c *Case, kind string) setting {
	stream := map[string][]string{"default": {"v"}}
	at := setting{component: "component", outputs: stream, conf: c.Config, batches: c.Batches}
	if kind == Bolt {
		at.inputs = map[string]map[string][]string{"source": stream}
	}
	return at
}

// handshake makes the first message for a component that stands here.
func (at setting) handshake(pidDir string) (handshake, error) {
	conf := map[string]any{
		"topology.name": "conformance", "topology.debug": false, "topology.acker.executors": 1, "topology.message.timeout.secs": 30,
	}
	maps.Copy(conf, at.conf)
	message := map[string]any{"pidDir": pidDir, "conf": conf, "context": at.context()}
	plain, err := marshal(message)
	if err != nil {
		return handshake{}, err
	}
	extension := map[string]any{"v": 1, "features": features}
	if at.batches {
		extension["features"] = withBatches
	}
	message["gstorm"], conf["gstorm"], message["unknown"] = extension, extension, map[string]any{"more": []any{nil}}
	offer, err := marshal(message)
	return handshake{plain: plain, offer: offer, pidDir: pidDir}, err
}

// context is the handshake's part of that name.
func (at setting) context() map[string]any {
	shuffle := map[string]any{"type": "SHUFFLE"}
	targets := map[string]any{}
	for stream := range at.outputs {
		if !slices.Contains(at.ignored, stream) {
			targets[stream] = map[string]any{"sink": shuffle}
		}
	}
	fields, groupings := map[string]any{}, map[string]any{}
	for source, streams := range at.inputs {
		grouping := map[string]any{}
		for stream := range streams {
			grouping[stream] = shuffle
		}
		fields[source], groupings[source] = streams, grouping
	}
	return map[string]any{
		"taskid": 1, "componentid": at.component, "task->component": map[string]string{"1": at.component, "2": "sink", "3": "source"},
		"streams": slices.Sorted(maps.Keys(at.outputs)), "stream->outputfields": at.outputs, "stream->target->grouping": targets,
		"source->stream->grouping": groupings, "source->stream->fields": fields,
	}
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
	err := p.shakeHands()
	if err != nil || p.kind != Spout {
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

// shakeHands greets a component; errNoBatches if it does not take what the case is about.
func (p *player) shakeHands() error {
	first := p.opening.plain
	if p.c.Batches {
		first = p.opening.offer
	}
	if err := p.send(first); err != nil {
		return err
	}
	frame, err := p.await(`{"pid":"$=pid"}`, time.After(p.c.limit(0)))
	if err != nil || !p.c.Batches {
		return err
	}
	var answer struct {
		Gstorm struct{ Features []string } `json:"gstorm"`
	}
	if json.Unmarshal(frame, &answer) != nil || !slices.Contains(answer.Gstorm.Features, "batch") {
		return errNoBatches
	}
	return nil
}

func (p *player) openAsComponent() error {
	err := p.expect(&Step{Expect: `{"conf":"$object","context":"$object","pidDir":"$dir"}`})
	if err == nil {
		err = p.send(p.pidMessage())
	}
	if err != nil || p.kind == Bolt || p.c.Config["gstorm.activate"] == "never" {
		return err
	}
	if err := p.expect(&Step{Expect: `{"command":"activate","id":""}`}); err != nil {
		return err
	}
	return p.send(`{"command":"sync"}`)
}

func (p *player) pidMessage() string {
	if p.c.Batches {
		return fmt.Sprintf(`{"pid":%d,"gstorm":{"v":1,"features":["batch"]}}`, p.pid)
	}
	return fmt.Sprintf(`{"pid":%d}`, p.pid)
}
