package otlp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
)

// Of says whose traces they are.
type Of struct {
	Topology string // its name
	Cluster  string // "": none
	Version  string // of gstorm
}

// spansOf is a trace as spans: one for the tree, and one for each of its tuples. A tree has the same ids whenever they are made.
func spansOf(of Of, t *traces.Trace) tracetest.SpanStubs {
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", of.Topology, t.Root, t.Began.UnixMicro()))
	id, root := trace.TraceID(hash[:16]), trace.SpanID(hash[16:24])
	base := tracetest.SpanStub{
		Resource: resourceOf(of), InstrumentationScope: instrumentation.Scope{Name: "gstorm", Version: of.Version}, SpanKind: trace.SpanKindInternal,
	}
	tree := base
	tree.Name, tree.SpanContext, tree.SpanKind = t.Component, contextOf(id, root), trace.SpanKindProducer
	tree.StartTime, tree.EndTime = t.Began, after(t.Began, t.MS)
	tree.Attributes = []attribute.KeyValue{
		attribute.String("gstorm.component", t.Component), attribute.Int("gstorm.task", t.Task), attribute.String("gstorm.stream", t.Stream),
		attribute.String("gstorm.outcome", t.Outcome), attribute.String("gstorm.root", t.Root),
	}
	if t.Message != "" {
		tree.Attributes = append(tree.Attributes, attribute.String("gstorm.message", t.Message))
	}
	if t.Dropped > 0 {
		tree.Attributes = append(tree.Attributes, attribute.Int("gstorm.dropped", t.Dropped))
	}
	if t.Outcome == stats.TraceFailed || t.Outcome == stats.TraceTimedOut {
		tree.Status = sdk.Status{Code: codes.Error, Description: t.Cause}
	}
	stubs := tracetest.SpanStubs{tree}
	for i := range t.Spans {
		s := &t.Spans[i]
		span, ok := spanID(s.ID)
		if !ok {
			continue
		}
		stub := base
		stub.Name, stub.SpanContext, stub.Parent, stub.SpanKind = s.Component, contextOf(id, span), contextOf(id, root), trace.SpanKindConsumer
		for n, parent := range s.Parents {
			above, ok := spanID(parent)
			switch {
			case !ok:
			case n == 0:
				stub.Parent = contextOf(id, above)
			default: // a span has one parent
				stub.Links = append(stub.Links, sdk.Link{SpanContext: contextOf(id, above)})
			}
		}
		fill(&stub, t, s)
		stubs = append(stubs, stub)
	}
	return stubs
}

// fill has a span say what became of a tuple.
func fill(stub *tracetest.SpanStub, t *traces.Trace, s *traces.Span) {
	start, end := 0.0, t.MS
	for _, known := range []*float64{s.Emitted, s.Handed, s.Answered} {
		if known != nil {
			start = *known
			break
		}
	}
	if s.Answered != nil {
		end = *s.Answered
	}
	stub.StartTime, stub.EndTime = after(t.Began, start), after(t.Began, max(start, end))
	stub.Attributes = []attribute.KeyValue{
		attribute.String("gstorm.component", s.Component), attribute.Int("gstorm.task", s.Task), attribute.String("gstorm.source", s.Source),
		attribute.Int("gstorm.source_task", s.SourceTask), attribute.String("gstorm.stream", s.Stream),
	}
	if s.Node != "" {
		stub.Attributes = append(stub.Attributes, attribute.String("gstorm.node", s.Node), attribute.Int("gstorm.worker", s.Worker))
	}
	if s.PID != 0 {
		stub.Attributes = append(stub.Attributes, attribute.Int("process.pid", s.PID))
	}
	if s.Outcome != "" {
		stub.Attributes = append(stub.Attributes, attribute.String("gstorm.outcome", s.Outcome))
	}
	if s.Handed != nil {
		stub.Events = append(stub.Events, sdk.Event{Name: "handed over", Time: after(t.Began, *s.Handed)})
	}
	if s.Began != nil {
		stub.Events = append(stub.Events, sdk.Event{Name: "began", Time: after(t.Began, *s.Began)})
	}
	if s.Outcome == stats.TraceFailed {
		stub.Status = sdk.Status{Code: codes.Error, Description: s.Cause}
	}
}

func resourceOf(of Of) *resource.Resource {
	attributes := []attribute.KeyValue{attribute.String("service.name", "gstorm"), attribute.String("gstorm.topology", of.Topology)}
	if of.Version != "" {
		attributes = append(attributes, attribute.String("service.version", of.Version))
	}
	if of.Cluster != "" {
		attributes = append(attributes, attribute.String("gstorm.cluster", of.Cluster))
	}
	return resource.NewSchemaless(attributes...)
}

func contextOf(id trace.TraceID, span trace.SpanID) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: span, TraceFlags: trace.FlagsSampled})
}

// spanID reads the id of a tuple; false: it is none.
func spanID(text string) (id trace.SpanID, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(id) || strings.Trim(text, "0") == "" {
		return id, false
	}
	return trace.SpanID(b), true
}

func after(t time.Time, ms float64) time.Time {
	return t.Add(time.Duration(ms * float64(time.Millisecond)))
}
