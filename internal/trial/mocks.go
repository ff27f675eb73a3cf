package trial

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// Mocks are the tuples that spouts are to emit instead of their own, by the spout's id (Storm's MockedSources).
type Mocks map[string][]Emission

// ReadMocks reads a JSON object that has a list of tuples for each spout, or an object of such lists by stream. A tuple is
// a list of values:
//
//	{"lines": [["to be"], ["or not"]], "clicks": {"default": [["/", 3]], "errors": [["no such page"]]}}
func ReadMocks(r io.Reader) (Mocks, error) {
	d := json.NewDecoder(r)
	var texts map[string]json.RawMessage
	if err := d.Decode(&texts); err != nil {
		return nil, fmt.Errorf("read mocks: %w; expected an object like {\"spout\": [[\"a\"], [\"b\"]]}", err)
	}
	mocks := Mocks{}
	for _, spout := range slices.Sorted(maps.Keys(texts)) {
		emissions, err := readEmissions(texts[spout])
		if err != nil {
			return nil, fmt.Errorf("read mocks of spout %q: %w", spout, err)
		}
		mocks[spout] = emissions
	}
	return mocks, nil
}

func readEmissions(text json.RawMessage) ([]Emission, error) {
	emissions := []Emission{}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return appendTuples(emissions, gstorm.DefaultStream, text)
	}
	var streams map[string]json.RawMessage
	if err := json.Unmarshal(text, &streams); err != nil {
		return nil, fmt.Errorf("%w; expected a list of tuples, or one for each stream", err)
	}
	for _, stream := range slices.Sorted(maps.Keys(streams)) {
		var err error
		if emissions, err = appendTuples(emissions, stream, streams[stream]); err != nil {
			return nil, fmt.Errorf("stream %q: %w", stream, err)
		}
	}
	return emissions, nil
}

func appendTuples(emissions []Emission, stream string, text json.RawMessage) ([]Emission, error) {
	var tuples []json.RawMessage
	if err := json.Unmarshal(text, &tuples); err != nil {
		return nil, fmt.Errorf("%w; expected a list of tuples", err)
	}
	for i, tuple := range tuples {
		values, err := readValues(tuple)
		if err != nil {
			return nil, fmt.Errorf("tuple %d: %w; expected a list of values", i+1, err)
		}
		emissions = append(emissions, Emission{stream, values})
	}
	return emissions, nil
}

// readValues reads a list of values whose numbers keep their digits.
func readValues(text []byte) (gstorm.Values, error) {
	t := gstorm.Tuple{JSON: text, Source: &gstorm.Source{}}
	return t.Decode()
}

// Apply returns the topology with its mocked spouts replaced, each by one task that emits the tuples and has finished. The
// error is a gstorm.Problems that names what does not fit: a spout or stream that there is not, or the number of values.
func (m Mocks) Apply(t *gstorm.Topology) (*gstorm.Topology, error) {
	mocked := *t
	mocked.Components = slices.Clone(t.Components)
	var problems gstorm.Problems
	for _, id := range slices.Sorted(maps.Keys(m)) {
		c := mocked.Component(id)
		if c == nil || c.Kind != gstorm.SpoutKind {
			problems = append(problems, gstorm.Problem{
				Severity: gstorm.Error, Message: fmt.Sprintf("mocks: the topology has no spout %q", id), Hint: "its spouts: " + strings.Join(spouts(t), ", "),
			})
			continue
		}
		problems = append(problems, m.misfits(c)...)
		emissions := m[id]
		c.Implementation = gstorm.Implementation{
			Type: gstorm.NativeImplementation, NewSpout: func() gstorm.Spout { return NewFixedTuples(emissions) },
		}
		c.Parallelism, c.Tasks = 1, 1
		c.Config = c.Config.Merge(gstorm.Config{gstorm.TopologyTasks: nil})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &mocked, nil
}

// misfits are the mocked tuples that the spout could not emit.
func (m Mocks) misfits(c *gstorm.Component) gstorm.Problems {
	var problems gstorm.Problems
	for i, e := range m[c.ID] {
		stream, ok := c.Outputs[e.Stream]
		switch {
		case !ok:
			problems = append(problems, misfit(c, "mocks: spout %q has no stream %q (its streams: %s)", c.ID, e.Stream, strings.Join(c.StreamIDs(), ", ")))
		case stream.Direct:
			problems = append(problems, misfit(c, "mocks: stream %q of spout %q is direct; mocks name no task", e.Stream, c.ID))
		case len(e.Values) != len(stream.Fields):
			problems = append(problems, misfit(c, "mocks: tuple %d of spout %q has %d values, its stream %q has %d fields (%s)",
				i+1, c.ID, len(e.Values), e.Stream, len(stream.Fields), stream.Fields))
		}
	}
	return problems
}

func misfit(c *gstorm.Component, format string, args ...any) gstorm.Problem {
	return gstorm.Problem{Severity: gstorm.Error, Message: fmt.Sprintf(format, args...), At: c.At}
}

func spouts(t *gstorm.Topology) (ids []string) {
	for _, c := range t.Components {
		if c.Kind == gstorm.SpoutKind {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
