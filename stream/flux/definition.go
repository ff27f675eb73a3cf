package flux

// definition are the sections of a file, or of a file and all that it includes (Flux's TopologyDef).
type definition struct {
	name                      *node
	config                    []entry
	components, spouts, bolts []*node
	streams                   []*node
	includes                  []*node
	source                    *node
}

// newDefinition divides a document. It returns nil if it is no mapping.
func newDefinition(root *node, r *report) *definition {
	if root.empty() {
		r.errorf(root.at, "the file is empty")
		return nil
	}
	if root.kind != mapping {
		r.errorf(root.at, "the file holds %s, it must be a mapping with name, spouts, bolts and streams", root.kind)
		return nil
	}
	keys := root.keys(r, "the topology", "name", "config", "components", "includes", "workerHooks", "spouts", "bolts", "streams", "topologySource")
	d := &definition{
		name: keys["name"], source: keys["topologySource"],
		components: keys["components"].list(r, "components"),
		spouts:     keys["spouts"].list(r, "spouts"), bolts: keys["bolts"].list(r, "bolts"),
		streams: keys["streams"].list(r, "streams"), includes: keys["includes"].list(r, "includes"),
	}
	if d.source.empty() {
		d.source = nil
	}
	if keys["config"].is(mapping, r, "config") {
		d.config = keys["config"].entries
	}
	if hooks := keys["workerHooks"]; !hooks.empty() {
		r.warnf(hooks.at, "workerHooks are Java classes and have no effect here")
	}
	return d
}

// merge adds what an included file says. Where both name the same thing, the included one counts if override says so; a
// stream has no name that Flux heeds, so all of them are added.
func (d *definition) merge(other *definition, override bool) {
	if !other.name.empty() && (d.name.empty() || override) {
		d.name = other.name
	}
	if d.source == nil {
		d.source = other.source
	}
	d.config = mergeConfig(d.config, other.config, override)
	d.components = mergeByID(d.components, other.components, override)
	d.spouts = mergeByID(d.spouts, other.spouts, override)
	d.bolts = mergeByID(d.bolts, other.bolts, override)
	d.streams = append(d.streams, other.streams...)
}

func mergeConfig(ours, theirs []entry, override bool) []entry {
	merged := append([]entry(nil), ours...)
next:
	for _, e := range theirs {
		for i := range ours {
			if ours[i].key == e.key {
				if override {
					merged[i] = e
				}
				continue next
			}
		}
		merged = append(merged, e)
	}
	return merged
}

func mergeByID(ours, theirs []*node, override bool) []*node {
	merged := append([]*node(nil), ours...)
next:
	for _, n := range theirs {
		for i := range ours {
			if id := n.get("id"); !id.empty() && !ours[i].get("id").empty() && ours[i].get("id").text == id.text {
				if override {
					merged[i] = n
				}
				continue next
			}
		}
		merged = append(merged, n)
	}
	return merged
}
