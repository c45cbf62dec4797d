package provider

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample is a value that fits a schema, with the structure that a matcher is
// written from.
type sample struct {
	fields []field // of an object
	item   *sample // of a list that is not empty
	scalar any
	kind   sampleKind
}

type sampleKind int

const (
	scalarSample sampleKind = iota
	objectSample
	listSample
)

type field struct {
	name  string
	value *sample
}

// value returns the sample as JSON would have it.
func (s *sample) value() any {
	switch s.kind {
	case objectSample:
		object := make(map[string]any, len(s.fields))
		for _, f := range s.fields {
			object[f.name] = f.value.value()
		}
		return object
	case listSample:
		if s.item == nil {
			return []any{}
		}
		return []any{s.item.value()}
	default:
		return s.scalar
	}
}

// matcher writes the sample as Go code for pact-go: the types matter, the
// values are examples.
func (s *sample) matcher() string {
	switch s.kind {
	case objectSample:
		return s.object("matchers.MapMatcher")
	case listSample:
		if s.item == nil {
			return "matchers.Like([]any{})"
		}
		return "matchers.EachLike(" + s.item.matcher() + ", 1)"
	default:
		return "matchers.Like(" + literal(s.scalar) + ")"
	}
}

// object writes an object as a map of one of pact-go's types.
func (s *sample) object(typeName string) string {
	if len(s.fields) == 0 {
		return typeName + "{}"
	}
	var out strings.Builder
	out.WriteString(typeName + "{\n")
	for _, f := range s.fields {
		value := f.value.matcher()
		if f.value.kind == objectSample { // a MapMatcher is no Matcher itself
			value = f.value.object("matchers.StructMatcher")
		}
		fmt.Fprintf(&out, "%s: %s,\n", strconv.Quote(f.name), value)
	}
	out.WriteString("}")
	return out.String()
}

// literal writes a plain value in Go.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case nil:
		return "nil"
	default:
		return text(v)
	}
}

// text writes a plain value as it stands in a path or a query.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		if len(v) == 1 {
			return text(v[0])
		}
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func pathEscape(s string) string { return url.PathEscape(s) }

// purpose says which properties do not travel.
type purpose int

const (
	forRequest purpose = iota
	forResponse
)

// maxSample bounds the values of one body: schemas that refer to each other
// can describe more of them than there are atoms.
const maxSample = 300

type sampler struct {
	purpose purpose
	left    int
	open    map[*openapi3.Schema]bool // being sampled, to find cycles
}

func newSampler(p purpose) *sampler {
	return &sampler{purpose: p, left: maxSample, open: map[*openapi3.Schema]bool{}}
}

// sample returns a value for a schema; hint is an example from further out. It
// is not ok when nothing can be said: any value, or one that contains itself.
func (s *sampler) sample(ref *openapi3.SchemaRef, hint any) (*sample, bool) {
	if ref == nil || ref.Value == nil || s.open[ref.Value] || s.left <= 0 {
		return nil, false
	}
	s.left--
	s.open[ref.Value] = true
	defer delete(s.open, ref.Value)
	shape := newShape()
	shape.merge(ref.Value, 0)
	if hint == nil {
		hint = shape.example
	}
	switch shape.kind() {
	case openapi3.TypeObject:
		return s.object(shape, hint)
	case openapi3.TypeArray:
		return s.list(shape, hint)
	case "":
		return nil, false
	}
	return &sample{scalar: shape.scalar(hint)}, true
}

func (s *sampler) object(shape *shape, hint any) (*sample, bool) {
	hints, _ := hint.(map[string]any)
	out := &sample{kind: objectSample}
	for _, name := range shape.required {
		ref := shape.properties[name]
		if ref == nil || ref.Value == nil {
			continue
		}
		if s.purpose == forRequest && ref.Value.ReadOnly || s.purpose == forResponse && ref.Value.WriteOnly {
			continue
		}
		value, ok := s.sample(ref, hints[name])
		if !ok {
			if s.purpose == forRequest && s.left > 0 {
				return nil, false // the provider would refuse it
			}
			continue
		}
		out.fields = append(out.fields, field{name, value})
	}
	return out, true
}

func (s *sampler) list(shape *shape, hint any) (*sample, bool) {
	var first any
	if hints, ok := hint.([]any); ok && len(hints) > 0 {
		first = hints[0]
	}
	out := &sample{kind: listSample}
	if item, ok := s.sample(shape.items, first); ok {
		out.item = item
	}
	return out, true
}

// plainSample returns a value for a parameter: plain, or a list of one.
func plainSample(p *openapi3.Parameter) (any, bool) {
	if p.Schema == nil {
		return nil, false // described by a media type
	}
	hint := p.Example
	for _, ref := range p.Examples {
		if hint == nil && len(p.Examples) == 1 && ref.Value != nil {
			hint = ref.Value.Value
		}
	}
	v, ok := newSampler(forRequest).sample(p.Schema, hint)
	if !ok || v.kind == objectSample || v.kind == listSample && (v.item == nil || v.item.kind != scalarSample || p.In == openapi3.ParameterInPath) {
		return nil, false
	}
	if v.kind == scalarSample && v.scalar == nil {
		return nil, false
	}
	return v.value(), true
}
