// Package schematest checks that a JSON Schema and a Go type speak of the same documents.
package schematest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is a compiled JSON Schema.
type Schema struct {
	text     map[string]any
	compiled *jsonschema.Schema
}

// Compile reads a schema. The test ends if it is none.
func Compile(t testing.TB, text []byte) *Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("schema is no JSON: %v", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("schema: %v", err)
	}
	return &Schema{text: document.(map[string]any), compiled: compiled}
}

// Check returns what is wrong with a JSON text by the schema.
func (s *Schema) Check(text []byte) error {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.compiled.Validate(document)
}

// CheckValue returns what is wrong with the JSON of a Go value.
func (s *Schema) CheckValue(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.Check(text)
}

// SameKeys fails the test where type and schema differ: in their keys, in which of them are always there, in the types
// of their values. It also demands that the schema describes every key.
func (s *Schema) SameKeys(t testing.TB, v any) {
	t.Helper()
	s.compare(t, "document", s.text, reflect.TypeOf(v))
}

func (s *Schema) compare(t testing.TB, path string, schema map[string]any, typ reflect.Type) {
	t.Helper()
	schema = s.resolve(schema)
	if typ == reflect.TypeFor[json.RawMessage]() {
		if schema["type"] != nil {
			t.Errorf("%s: raw JSON is %q in the schema, want no type", path, schema["type"])
		}
		return
	}
	want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Uint64: "integer",
		reflect.Float64: "number", reflect.Slice: "array", reflect.Map: "object", reflect.Struct: "object"}[typ.Kind()]
	if typ == reflect.TypeFor[time.Time]() {
		want = "string"
	}
	if got, enum := schema["type"], schema["enum"]; got != want && (got != nil || enum == nil) {
		t.Errorf("%s: a %s is %q in the schema, want %q", path, typ, got, want)
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
	case typ.Kind() == reflect.Struct:
		s.compareFields(t, path, schema, typ)
	case typ.Kind() == reflect.Slice:
		s.compare(t, path+"[]", schema["items"].(map[string]any), typ.Elem())
	case typ.Kind() == reflect.Map && typ.Elem().Kind() != reflect.Interface:
		s.compare(t, path+".*", schema["additionalProperties"].(map[string]any), typ.Elem())
	}
}

func (s *Schema) compareFields(t testing.TB, path string, schema map[string]any, typ reflect.Type) {
	t.Helper()
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	seen := map[string]bool{}
	for i := range typ.NumField() {
		name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		seen[name] = true
		property, ok := properties[name].(map[string]any)
		if !ok {
			t.Errorf("%s.%s is in %s, but not in the schema", path, name, typ)
			continue
		}
		if described(property) == "" && described(s.resolve(property)) == "" {
			t.Errorf("%s.%s has no description", path, name)
		}
		if always := !strings.HasPrefix(options, "omit"); always != slices.Contains(required, any(name)) {
			t.Errorf("%s.%s: %s always writes it: %v, the schema requires it: %v", path, name, typ, always, !always)
		}
		s.compare(t, path+"."+name, property, typ.Field(i).Type)
	}
	for name := range properties {
		if !seen[name] {
			t.Errorf("%s.%s is in the schema, but not in %s", path, name, typ)
		}
	}
}

func described(schema map[string]any) string {
	text, _ := schema["description"].(string)
	return text
}

// resolve follows a reference into the schema's own definitions.
func (s *Schema) resolve(schema map[string]any) map[string]any {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	definitions, _ := s.text["$defs"].(map[string]any)
	resolved, _ := definitions[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	return resolved
}
