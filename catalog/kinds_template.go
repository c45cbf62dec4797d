package catalog

import "strconv"

// template checks what a Template says beside its fields of text.
func (c *checker) template(spec *value) {
	if v := spec.get("parameters"); v != nil && v.kind != kindObject && v.kind != kindList {
		c.wrongType(v, "spec.parameters", "array")
	}
	for _, key := range []string{"output", "presentation"} {
		if v := spec.get(key); v != nil && v.kind != kindObject {
			c.wrongType(v, "spec."+key, "object")
		}
	}
	for _, key := range []string{"steps", "parameters"} {
		list := spec.get(key)
		if list == nil || list.kind != kindList {
			continue
		}
		for i, item := range list.items {
			field := "spec." + key + "." + strconv.Itoa(i)
			switch {
			case item.kind != kindObject:
				c.wrongType(item, field, "object")
			case key == "steps" && !isPlaceholder(item):
				c.step(item, field)
			}
		}
	}
}

func (c *checker) step(step *value, field string) {
	if step.get("action") == nil {
		c.report(step, field, pointer(field)+" must have required property 'action' - missingProperty: action",
			"Name what the step does, such as action: fetch:template")
	}
	for _, key := range []string{"id", "name", "action"} {
		if v := step.get(key); v != nil && v.kind != kindString {
			c.wrongType(v, field+"."+key, "string")
		}
	}
	if v := step.get("input"); v != nil && v.kind != kindObject {
		c.wrongType(v, field+".input", "object")
	}
	if v := step.get("if"); v != nil && v.kind != kindString && v.kind != kindBool {
		c.wrongType(v, field+".if", "string")
	}
}
