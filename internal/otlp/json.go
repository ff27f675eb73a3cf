package otlp

import (
	"encoding/json"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/gstorm/gstorm/internal/traces"
)

// The form of OTLP in JSON: as the protocol's messages, but for ids, which are hexadecimal.
type (
	request struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource   attributes   `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	attributes struct {
		Attributes []keyValue `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope  `json:"scope"`
		Spans []span `json:"spans"`
	}
	scope struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	span struct {
		TraceID           string     `json:"traceId"`
		SpanID            string     `json:"spanId"`
		ParentSpanID      string     `json:"parentSpanId,omitempty"`
		Name              string     `json:"name"`
		Kind              int        `json:"kind"`
		StartTimeUnixNano string     `json:"startTimeUnixNano"`
		EndTimeUnixNano   string     `json:"endTimeUnixNano"`
		Attributes        []keyValue `json:"attributes"`
		Events            []event    `json:"events,omitempty"`
		Links             []link     `json:"links,omitempty"`
		Status            *status    `json:"status,omitempty"`
	}
	event struct {
		TimeUnixNano string `json:"timeUnixNano"`
		Name         string `json:"name"`
	}
	link struct {
		TraceID string `json:"traceId"`
		SpanID  string `json:"spanId"`
	}
	status struct {
		Code    int    `json:"code"`
		Message string `json:"message,omitempty"`
	}
	keyValue struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
)

// statusError is STATUS_CODE_ERROR.
const statusError = 2

// JSON is a trace as a request of OTLP, as one would send it to a collector's /v1/traces.
func JSON(of Of, t *traces.Trace) ([]byte, error) {
	stubs := spansOf(of, t)
	s := scopeSpans{Scope: scope{stubs[0].InstrumentationScope.Name, stubs[0].InstrumentationScope.Version}}
	for i := range stubs {
		s.Spans = append(s.Spans, jsonSpan(&stubs[i]))
	}
	return json.Marshal(request{[]resourceSpans{{attributes{keyValues(stubs[0].Resource.Attributes())}, []scopeSpans{s}}}})
}

func jsonSpan(stub *tracetest.SpanStub) span {
	s := span{
		TraceID: stub.SpanContext.TraceID().String(), SpanID: stub.SpanContext.SpanID().String(), Name: stub.Name, Kind: int(stub.SpanKind),
		StartTimeUnixNano: nanos(stub.StartTime.UnixNano()), EndTimeUnixNano: nanos(stub.EndTime.UnixNano()), Attributes: keyValues(stub.Attributes),
	}
	if stub.Parent.HasSpanID() {
		s.ParentSpanID = stub.Parent.SpanID().String()
	}
	for _, e := range stub.Events {
		s.Events = append(s.Events, event{nanos(e.Time.UnixNano()), e.Name})
	}
	for _, l := range stub.Links {
		s.Links = append(s.Links, link{l.SpanContext.TraceID().String(), l.SpanContext.SpanID().String()})
	}
	if stub.Status.Code == codes.Error {
		s.Status = &status{statusError, stub.Status.Description}
	}
	return s
}

// nanos is a number of 64 bits, which JSON has as a text.
func nanos(n int64) string { return strconv.FormatInt(n, 10) }

func keyValues(list []attribute.KeyValue) []keyValue {
	all := make([]keyValue, 0, len(list))
	for _, a := range list {
		value := map[string]any{"stringValue": a.Value.AsString()}
		if a.Value.Type() == attribute.INT64 {
			value = map[string]any{"intValue": nanos(a.Value.AsInt64())}
		}
		all = append(all, keyValue{string(a.Key), value})
	}
	return all
}
