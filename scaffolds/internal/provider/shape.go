package provider

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// shape is a schema with what allOf, oneOf and anyOf add to it.
type shape struct {
	types      []string
	format     string
	enum       []any
	example    any
	properties map[string]*openapi3.SchemaRef
	required   []string
	items      *openapi3.SchemaRef
	open       bool // has additional properties
	min, max   *float64
	minLength  uint64
	maxLength  *uint64
	left       int // parts that may still be merged
}

func newShape() *shape { return &shape{properties: map[string]*openapi3.SchemaRef{}, left: maxSample} }

// merge adds a schema, with the parts it is made of. Alternatives count by
// their first: one is enough for an example.
func (s *shape) merge(v *openapi3.Schema, depth int) {
	if v == nil || depth > 20 || s.left <= 0 {
		return
	}
	s.left--
	if v.Type != nil && len(s.types) == 0 {
		s.types = *v.Type
	}
	if s.format == "" {
		s.format = v.Format
	}
	if s.enum == nil {
		s.enum = v.Enum
	}
	if v.Const != nil && s.enum == nil {
		s.enum = []any{v.Const}
	}
	for _, e := range append([]any{v.Example, v.Default}, v.Examples...) {
		if s.example == nil {
			s.example = e
		}
	}
	maps.Copy(s.properties, v.Properties)
	s.required = append(s.required, v.Required...)
	slices.Sort(s.required)
	s.required = slices.Compact(s.required)
	if s.items == nil {
		s.items = v.Items
	}
	s.min, s.max = or(s.min, v.Min), or(s.max, v.Max)
	s.minLength, s.maxLength = max(s.minLength, v.MinLength), or(s.maxLength, v.MaxLength)
	s.open = s.open || v.AdditionalProperties.Schema != nil || v.AdditionalProperties.Has != nil && *v.AdditionalProperties.Has
	for _, part := range v.AllOf {
		s.merge(part.Value, depth+1)
	}
	for _, alternatives := range []openapi3.SchemaRefs{v.OneOf, v.AnyOf} {
		for _, alternative := range alternatives {
			if alternative.Value != nil && (alternative.Value.Type == nil || !alternative.Value.Type.Is("null")) {
				s.merge(alternative.Value, depth+1)
				break
			}
		}
	}
}

func or[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// kind is the JSON type, "" when it can be anything.
func (s *shape) kind() string {
	for _, t := range s.types {
		if t != "null" {
			return t
		}
	}
	switch {
	case len(s.properties) > 0 || s.open:
		return openapi3.TypeObject
	case s.items != nil:
		return openapi3.TypeArray
	case len(s.enum) > 0:
		switch s.enum[0].(type) {
		case string:
			return openapi3.TypeString
		case float64, int, int64, uint64, json.Number:
			return openapi3.TypeNumber
		case bool:
			return openapi3.TypeBoolean
		}
	}
	return ""
}
