package provider

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxExpansion bounds the schemas that generating one type looks at.
const maxExpansion = 20_000

// checkExpansion refuses schemas that generating would never end with. A
// reference is a name in Go, and costs nothing; but what allOf merges is
// written out, references and all. Schemas that are merged into themselves
// end the process: no program survives a full stack.
func (d *Document) checkExpansion() error {
	e := expansion{document: d, sizes: map[*openapi3.Schema]int{}}
	for _, ref := range d.schemas() {
		if _, err := e.of(ref, true); err != nil {
			return err
		}
	}
	return nil
}

type expansion struct {
	document *Document
	sizes    map[*openapi3.Schema]int // -1 while it is being looked at
}

// of counts the schemas that a schema is written out to. Merged says that it
// is so even when it is a reference.
func (e *expansion) of(ref *openapi3.SchemaRef, merged bool) (int, error) {
	if ref == nil || ref.Value == nil {
		return 0, nil
	}
	if !merged && isName(ref.Ref) {
		return 1, nil
	}
	s := ref.Value
	switch size, known := e.sizes[s]; {
	case size < 0:
		return 0, e.document.unusable("%sa schema is made of itself by allOf%s", lineOf(s), named(ref.Ref))
	case known:
		return size, nil
	}
	e.sizes[s] = -1
	size := 1
	add := func(merged bool, parts ...*openapi3.SchemaRef) error {
		for _, part := range parts {
			below, err := e.of(part, merged)
			if err != nil {
				return err
			}
			if size += below; size > maxExpansion {
				return e.document.unusable("%sa schema is too large once its allOf is written out%s", lineOf(s), named(ref.Ref))
			}
		}
		return nil
	}
	if err := add(len(s.AllOf) > 1 || hasSiblings(s), s.AllOf...); err != nil {
		return 0, err
	}
	if err := add(false, children(s)...); err != nil {
		return 0, err
	}
	e.sizes[s] = size
	return size, nil
}

// isName reports whether a reference is a type of its own in Go.
func isName(ref string) bool {
	return strings.HasPrefix(ref, "#/components/") && strings.Count(ref, "/") == 3
}

// hasSiblings reports whether a schema adds to its allOf, so that even one part
// is merged.
func hasSiblings(s *openapi3.Schema) bool {
	return len(s.Properties) > 0 || len(s.Required) > 0 || s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil
}

// children returns the schemas within a schema, but for allOf.
func children(s *openapi3.Schema) []*openapi3.SchemaRef {
	all := []*openapi3.SchemaRef{s.Items, s.AdditionalProperties.Schema, s.Not, s.Contains, s.PropertyNames, s.If, s.Then, s.Else}
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf, s.PrefixItems} {
		all = append(all, list...)
	}
	for _, group := range []openapi3.Schemas{s.Properties, s.PatternProperties, s.DependentSchemas, s.Defs} {
		for _, ref := range group {
			all = append(all, ref)
		}
	}
	return all
}

func lineOf(s *openapi3.Schema) string {
	if s.Origin == nil || s.Origin.Key == nil || s.Origin.Key.Line == 0 {
		return ""
	}
	return "line " + text(float64(s.Origin.Key.Line)) + ": "
}

func named(ref string) string {
	if ref == "" {
		return ""
	}
	return " (" + ref + ")"
}

// schemas returns the schemas that code is generated from.
func (d *Document) schemas() []*openapi3.SchemaRef {
	c := &collector{}
	if components := d.api.Components; components != nil {
		for _, ref := range components.Schemas {
			c.schemas = append(c.schemas, ref)
		}
		for _, ref := range components.Parameters {
			c.parameter(ref)
		}
		for _, ref := range components.Headers {
			c.header(ref)
		}
		for _, ref := range components.RequestBodies {
			c.body(ref)
		}
		for _, ref := range components.Responses {
			c.response(ref)
		}
	}
	for _, item := range d.api.Paths.Map() {
		c.item(item)
	}
	return c.schemas
}

type collector struct{ schemas []*openapi3.SchemaRef }

func (c *collector) item(item *openapi3.PathItem) {
	if item == nil {
		return
	}
	for _, ref := range item.Parameters {
		c.parameter(ref)
	}
	for _, op := range item.Operations() {
		for _, ref := range op.Parameters {
			c.parameter(ref)
		}
		c.body(op.RequestBody)
		for _, ref := range op.Responses.Map() {
			c.response(ref)
		}
	}
}

func (c *collector) parameter(ref *openapi3.ParameterRef) {
	if ref != nil && ref.Value != nil {
		c.schemas = append(c.schemas, ref.Value.Schema)
		c.content(ref.Value.Content)
	}
}

func (c *collector) header(ref *openapi3.HeaderRef) {
	if ref != nil && ref.Value != nil {
		c.schemas = append(c.schemas, ref.Value.Schema)
		c.content(ref.Value.Content)
	}
}

func (c *collector) body(ref *openapi3.RequestBodyRef) {
	if ref != nil && ref.Value != nil {
		c.content(ref.Value.Content)
	}
}

func (c *collector) response(ref *openapi3.ResponseRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	for _, header := range ref.Value.Headers {
		c.header(header)
	}
	c.content(ref.Value.Content)
}

func (c *collector) content(content openapi3.Content) {
	for _, media := range content {
		if media != nil {
			c.schemas = append(c.schemas, media.Schema)
		}
	}
}
