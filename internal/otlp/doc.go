// Package otlp is traces in the form of OpenTelemetry: as spans, which go to a collector by OTLP over HTTP, or into a file as JSON. It
// alone knows OpenTelemetry's libraries.
package otlp
