package catalog

import "slices"

const howToRefer = "Write <kind>:<namespace>/<name>, for example component:default/orders"

// references checks that every reference can be read. Whether its target
// exists is no question of the file.
func (c *checker) references(doc *value) {
	spec := doc.get("spec")
	if rulesOf(c.kind, spec.str("type")) == nil {
		return
	}
	namespace := doc.get("metadata").str("namespace")
	for _, r := range references(c.kind) {
		v := spec.get(r.field)
		if v == nil {
			continue
		}
		names := []*value{v}
		if v.kind == kindList {
			names = v.items
		}
		for _, name := range names {
			if name.kind != kindString || name.text == "" {
				if r.field == dependencyOf { // the others are in the kinds' schemas
					c.dependant(v, name)
				}
				continue
			}
			if _, _, _, message := splitRef(name.text, RefDefaults{Kind: r.defaultKind, Namespace: namespace}); message != "" {
				c.report(name, "spec."+r.field, message, howToRefer)
			}
		}
	}
}

// dependencyOf is in no kind's schema, and one reference in it is as good as a
// list. What it holds is a reference or keeps the entity out.
const dependencyOf = "dependencyOf"

func (c *checker) dependant(v, name *value) {
	switch {
	case isPlaceholder(name):
	case name == v && v.kind < kindList && slices.Contains([]string{"", "false", "0"}, v.text): // it says nothing
	case name.kind == kindNull || name.kind == kindString:
		c.report(name, "spec."+dependencyOf, "Entity reference must not be empty", "Leave it out.")
	default:
		c.report(name, "spec."+dependencyOf, "Entity reference "+string(name.appendJSON(nil))+
			` had missing or empty kind (e.g. did not start with "component:" or similar)`, howToRefer)
	}
}
