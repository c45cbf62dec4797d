package telemetry

import (
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of OTLP's traces, field by field as opentelemetry/proto/trace/v1
// numbers them. A test reads them with the official types.

type message []byte

func (m *message) bytes(field protowire.Number, value []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), value)
}

func (m *message) text(field protowire.Number, value string) {
	if value != "" {
		m.bytes(field, []byte(value))
	}
}

func (m *message) varint(field protowire.Number, value uint64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), value)
}

func (m *message) fixed64(field protowire.Number, value uint64) {
	*m = protowire.AppendFixed64(protowire.AppendTag(*m, field, protowire.Fixed64Type), value)
}

func (m *message) time(field protowire.Number, value time.Time) {
	m.fixed64(field, uint64(max(value.UnixNano(), 0)))
}

func (m *message) attributes(field protowire.Number, attributes []attribute.KeyValue) {
	for _, a := range attributes {
		m.bytes(field, keyValue(a))
	}
}

// encode makes an ExportTraceServiceRequest. Spans of one scope stay together.
func encode(spans []sdktrace.ReadOnlySpan) []byte {
	if len(spans) == 0 {
		return nil
	}
	var about message
	about.attributes(1, spans[0].Resource().Attributes()) // one provider, one resource

	var order []instrumentation.Scope
	byScope := map[instrumentation.Scope]*message{}
	for _, s := range spans {
		of := s.InstrumentationScope()
		all, ok := byScope[of]
		if !ok {
			var name message
			name.text(1, of.Name)
			name.text(2, of.Version)
			all = new(message)
			all.bytes(1, name)
			byScope[of], order = all, append(order, of)
		}
		all.bytes(2, span(s))
	}
	var resourceSpans, request message
	resourceSpans.bytes(1, about)
	for _, of := range order {
		resourceSpans.bytes(2, *byScope[of])
	}
	request.bytes(1, resourceSpans)
	return request
}

func span(s sdktrace.ReadOnlySpan) message {
	id := s.SpanContext()
	traceID, spanID := id.TraceID(), id.SpanID()
	var m message
	m.bytes(1, traceID[:])
	m.bytes(2, spanID[:])
	m.text(3, id.TraceState().String())
	if parent := s.Parent(); parent.HasSpanID() {
		spanID := parent.SpanID()
		m.bytes(4, spanID[:])
	}
	m.text(5, s.Name())
	m.varint(6, uint64(s.SpanKind())) //nolint:gosec // SpanKind is numbered as OTLP does
	m.time(7, s.StartTime())
	m.time(8, s.EndTime())
	m.attributes(9, s.Attributes())
	for _, e := range s.Events() {
		var event message
		event.time(1, e.Time)
		event.text(2, e.Name)
		event.attributes(3, e.Attributes)
		m.bytes(11, event)
	}
	for _, l := range s.Links() {
		traceID, spanID := l.SpanContext.TraceID(), l.SpanContext.SpanID()
		var link message
		link.bytes(1, traceID[:])
		link.bytes(2, spanID[:])
		link.attributes(4, l.Attributes)
		m.bytes(13, link)
	}
	m.bytes(15, status(s.Status()))
	return m
}

func status(s sdktrace.Status) message {
	var m message
	m.text(2, s.Description)
	switch s.Code { // OTLP has them in another order
	case codes.Ok:
		m.varint(3, 1)
	case codes.Error:
		m.varint(3, 2)
	case codes.Unset:
	}
	return m
}

func keyValue(a attribute.KeyValue) message {
	var m message
	m.text(1, string(a.Key))
	m.bytes(2, anyValue(a.Value))
	return m
}

func anyValue(v attribute.Value) message {
	var m message
	switch v.Type() {
	case attribute.BOOL:
		m.varint(2, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		m.varint(3, uint64(v.AsInt64())) //nolint:gosec // two's complement is how OTLP writes it
	case attribute.FLOAT64:
		m.fixed64(4, math.Float64bits(v.AsFloat64()))
	default: // lists are written as text; ours have none
		m.bytes(1, []byte(v.String()))
	}
	return m
}
