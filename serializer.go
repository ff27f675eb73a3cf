package gstorm

import (
	"fmt"
	"strings"
)

// The ways to write messages to and from a component's child.
const (
	JSONSerializer        = "json"
	MessagePackSerializer = "msgpack"
)

// Serializer returns JSONSerializer or MessagePackSerializer: what the key Serializer says, else TopologySerializer. The
// latter names a Java class (Storm's ISerializer), of which only the last part counts: JsonSerializer is JSON, whatever has
// msgpack or messagepack in it is MessagePack. An error names the key and lists what is known.
func (c Config) Serializer() (string, error) {
	if v := c[Serializer]; v != nil {
		if v != JSONSerializer && v != MessagePackSerializer {
			return "", fmt.Errorf("%s is %v, expected %s or %s", Serializer, v, JSONSerializer, MessagePackSerializer)
		}
		return v.(string), nil
	}
	v := c[TopologySerializer]
	if v == nil {
		return JSONSerializer, nil
	}
	class, _ := v.(string)
	name := strings.ToLower(class[strings.LastIndex(class, ".")+1:])
	switch {
	case name == "jsonserializer":
		return JSONSerializer, nil
	case strings.Contains(name, "msgpack"), strings.Contains(name, "messagepack"):
		return MessagePackSerializer, nil
	}
	return "", fmt.Errorf("%s is %v, which is unknown: expected org.apache.storm.multilang.JsonSerializer (JSON), or a class "+
		"with msgpack or messagepack in its name (MessagePack)", TopologySerializer, v)
}
