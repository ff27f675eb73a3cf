package otlp

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/gstorm/gstorm/internal/traces"
)

const (
	// waitingTraces is how many may wait for a collector. What is more is lost.
	waitingTraces = 1_000
	// spansAtOnce is about how many spans go in one request.
	spansAtOnce = 2_000
	// tracesPath is where a collector takes traces.
	tracesPath = "/v1/traces"
)

// Exporter sends traces to a collector. New, Run while there are some, Add from any goroutine.
type Exporter struct {
	client *otlptrace.Exporter
	log    *slog.Logger
	queue  chan tracetest.SpanStubs
	lost   atomic.Uint64
	away   bool // of Run: the last request has failed
}

// Wanted is where traces are to go: said, if it is not "", else as the environment says by OpenTelemetry's variables; "": nowhere.
func Wanted(said string, getenv func(string) string) string {
	if said != "" {
		return said
	}
	if strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return ""
	}
	return cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
}

// CheckURL is what is wrong with the address of a collector.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is not the URL of a collector, such as http://127.0.0.1:4318", address)
	}
	return nil
}

// New is an Exporter to the collector at a URL, to whose path /v1/traces is added unless it ends with that; "": to where OpenTelemetry's
// environment variables say. Those say all else in any case, such as OTEL_EXPORTER_OTLP_HEADERS.
func New(ctx context.Context, address string, log *slog.Logger) (*Exporter, error) {
	options := []otlptracehttp.Option{otlptracehttp.WithRetry(otlptracehttp.RetryConfig{
		Enabled: true, InitialInterval: time.Second, MaxInterval: 5 * time.Second, MaxElapsedTime: 10 * time.Second,
	})}
	if address != "" {
		if err := CheckURL(address); err != nil {
			return nil, err
		}
		if base := strings.TrimRight(address, "/"); !strings.HasSuffix(base, tracesPath) {
			address = base + tracesPath
		}
		options = append(options, otlptracehttp.WithEndpointURL(address))
	}
	client, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, err
	}
	e := &Exporter{client: client, log: log, queue: make(chan tracetest.SpanStubs, waitingTraces)}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Debug("OpenTelemetry", "error", err) }))
	return e, nil
}

// Add has a trace be sent. It waits for nobody: when too many wait, it is lost.
func (e *Exporter) Add(of Of, t *traces.Trace) {
	select {
	case e.queue <- spansOf(of, t):
	default:
		e.lost.Add(1)
	}
}

// Run sends until ctx ends, and then what there is, for atEnd at most.
func (e *Exporter) Run(ctx context.Context, atEnd time.Duration) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(atEnd, cancel) })()
	for more := true; more; {
		select {
		case <-ctx.Done():
			more = false
		case stubs := <-e.queue:
			e.send(sending, stubs)
		}
	}
	for sending.Err() == nil && len(e.queue) > 0 {
		e.send(sending, <-e.queue)
	}
	if lost := e.lost.Swap(0) + uint64(len(e.queue)); lost > 0 {
		e.log.Warn("traces were not sent to the collector", slog.Uint64("traces", lost))
	}
	_ = e.client.Shutdown(sending) // it has nothing more
}

// send sends a trace, and those that wait behind it. That the collector is away is said once, and once that it is there again.
func (e *Exporter) send(ctx context.Context, stubs tracetest.SpanStubs) {
	n := uint64(1)
	for len(stubs) < spansAtOnce && len(e.queue) > 0 {
		stubs = append(stubs, <-e.queue...)
		n++
	}
	err := e.client.ExportSpans(ctx, stubs.Snapshots())
	switch {
	case err != nil:
		e.lost.Add(n)
		if !e.away {
			e.log.Warn("traces can't be sent to the collector; they are lost until it takes them", "error", err)
		}
		e.away = true
	case e.away:
		e.away = false
		e.log.Info("traces go to the collector again", slog.Uint64("lost", e.lost.Swap(0)))
	}
}
