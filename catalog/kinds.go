package catalog

import (
	"slices"
	"strconv"
	"strings"
)

// fieldRule is what a kind's schema says of one field of spec.
type fieldRule struct {
	name     string
	required bool
	list     bool // of non-empty strings
	anyList  bool // of anything
	object   bool
	remotes  bool // where a server is reached
	oneOf    []string
}

// rulesOf lists the rules of the core kinds, nil for kinds we do not know. Some
// types of a kind have rules of their own.
func rulesOf(kind, specType string) []fieldRule {
	must := func(name string) fieldRule { return fieldRule{name: name, required: true} }
	may := func(name string) fieldRule { return fieldRule{name: name} }
	list := func(name string) fieldRule { return fieldRule{name: name, list: true} }
	switch kind {
	case KindComponent:
		return []fieldRule{
			must("type"), must("lifecycle"), must("owner"), may("system"), may("subcomponentOf"),
			list("providesApis"), list("consumesApis"), list("dependsOn"),
		}
	case KindAPI:
		if specType == typeMCPServer {
			return []fieldRule{must("type"), must("lifecycle"), must("owner"), {name: "remotes", required: true, remotes: true}, may("system")}
		}
		return []fieldRule{must("type"), must("lifecycle"), must("owner"), must("definition"), may("system")}
	case KindResource:
		return []fieldRule{must("type"), must("owner"), may("system"), list("dependsOn")}
	case KindSystem:
		return []fieldRule{must("owner"), may("domain"), may("type")}
	case KindDomain:
		return []fieldRule{must("owner"), may("subdomainOf"), may("type")}
	case KindGroup:
		return []fieldRule{
			must("type"),
			{name: "children", required: true, list: true},
			may("parent"), list("members"),
			{name: "profile", object: true},
		}
	case KindUser:
		return []fieldRule{{name: "memberOf", required: true, list: true}, {name: "profile", object: true}}
	case KindLocation:
		return []fieldRule{
			may("type"), may("target"), list("targets"),
			{name: "presence", oneOf: []string{"required", "optional"}},
		}
	case KindTemplate:
		return []fieldRule{must("type"), may("owner"), may("lifecycle"), {name: "steps", required: true, anyList: true}}
	default:
		return nil
	}
}

// versionsOf lists the apiVersions a core kind may have.
func versionsOf(kind string) []string {
	if kind == KindTemplate {
		return []string{"scaffolder.backstage.io/v1beta3"}
	}
	return []string{CoreVersion, "backstage.io/v1beta1"}
}

func coreKinds() []string {
	return []string{
		KindComponent, KindAPI, KindResource, KindSystem, KindDomain, KindGroup, KindUser, KindLocation, KindTemplate,
	}
}

// kindRules checks spec against the schema of the kind. Kinds we do not know
// are taken as they are.
func (c *checker) kindRules(doc *value) {
	for _, kind := range coreKinds() {
		if kind != c.kind && strings.EqualFold(kind, c.kind) {
			c.report(doc.get("kind"), "kind", c.unrecognized(), "Write kind: "+kind)
			return
		}
	}
	rules := rulesOf(c.kind, doc.get("spec").str("type"))
	if rules == nil {
		return
	}
	if versions := versionsOf(c.kind); !slices.Contains(versions, doc.str("apiVersion")) {
		c.report(doc.get("apiVersion"), "apiVersion", c.unrecognized(), "Write apiVersion: "+versions[0])
		return
	}
	spec := doc.get("spec")
	if spec == nil {
		c.report(doc, "spec", "<root> must have required property 'spec' - missingProperty: spec", hintFor("spec"))
		return
	}
	for _, rule := range rules {
		c.field(spec, rule)
	}
	if c.kind == KindTemplate {
		c.template(spec)
	}
}

func (c *checker) unrecognized() string {
	return "No processor recognized the entity " + c.ref + " as valid, possibly caused by a foreign kind or apiVersion"
}

func (c *checker) field(spec *value, rule fieldRule) {
	v, field := spec.get(rule.name), "spec."+rule.name
	if v == nil {
		if rule.required {
			c.report(spec, field, "/spec must have required property '"+rule.name+"' - missingProperty: "+rule.name,
				hintFor(rule.name))
		}
		return
	}
	switch {
	case isPlaceholder(v): // filled in later, or not to be filled in at all
	case rule.anyList:
		if v.kind != kindList {
			c.wrongType(v, field, "array")
		}
	case rule.list:
		c.listField(v, field)
	case rule.object:
		c.profile(v, field)
	case rule.remotes:
		c.remotes(v, field)
	case len(rule.oneOf) > 0:
		if v.kind != kindString || !slices.Contains(rule.oneOf, v.text) {
			c.report(v, field, pointer(field)+" must be equal to one of the allowed values - allowedValues: "+
				strings.Join(rule.oneOf, ","), "Write one of them, or leave it out.")
		}
	default:
		c.textField(v, field)
	}
}

func (c *checker) listField(v *value, field string) {
	if v.kind != kindList {
		c.wrongType(v, field, "array")
		return
	}
	for i, item := range v.items {
		c.textField(item, field+"."+strconv.Itoa(i))
	}
}

// profile checks what people and groups say of themselves; an empty e-mail
// address is an error, none is fine.
func (c *checker) profile(v *value, field string) {
	if v.kind != kindObject {
		c.wrongType(v, field, "object")
		return
	}
	for _, key := range []string{"displayName", "email", "picture"} {
		if item := v.get(key); item != nil {
			c.textField(item, field+"."+key)
		}
	}
}

func (c *checker) textField(v *value, field string) {
	switch {
	case v.kind != kindString:
		c.wrongType(v, field, "string")
	case v.text == "":
		c.report(v, field, pointer(field)+" must NOT have fewer than 1 characters - limit: 1", "Fill it in or leave it out.")
	}
}

func (c *checker) wrongType(v *value, field, want string) {
	c.report(v, field, pointer(field)+" must be "+want+" - type: "+want, "It is "+article(v.typeName())+" here.")
}

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

func pointer(field string) string { return "/" + strings.ReplaceAll(field, ".", "/") }

// hintFor shows a good value of a field that is missing.
func hintFor(field string) string {
	switch field {
	case "apiVersion":
		return "Add apiVersion: " + CoreVersion
	case "kind":
		return "Add a kind, such as kind: Component"
	case "metadata", "name":
		return "Add metadata with a name, such as name: orders"
	case "spec":
		return "Add spec with at least an owner."
	case "owner":
		return "Add the group that answers for it, such as owner: checkout"
	case "type":
		return "Add what it is, such as type: service"
	case "lifecycle":
		return "Add lifecycle: experimental, production or deprecated."
	case "definition":
		return "Add the document, or the file it is in: definition: {$text: ./openapi.yaml}"
	case "remotes":
		return "Say where the server is reached: remotes: [{type: streamable-http, url: https://...}]"
	case "children":
		return "Add children: [] when the group has none."
	case "memberOf":
		return "Add memberOf: [] when the user is in no group."
	}
	return ""
}

// keysByCase reports keys that differ only in case: filters ignore case, so one
// would hide the other.
func (c *checker) keysByCase(doc *value) {
	seen := map[string]string{}
	var visit func(path string, v *value)
	visit = func(path string, v *value) {
		switch path {
		case "attachments", "relations", "status", "metadata.name", "metadata.namespace", "metadata.uid", "metadata.etag":
			return
		}
		switch v.kind {
		case kindList:
			for _, item := range v.items {
				visit(path, item)
			}
		case kindObject:
			for i, key := range v.keys {
				if path != "" {
					key = path + "." + key
				}
				visit(key, v.items[i])
			}
		default:
			lower := strings.ToLower(path)
			if other, ok := seen[lower]; ok && other != path {
				c.report(v, path, "Entity has duplicate keys that vary only in casing, '"+lower+"'",
					"Keep one of "+other+" and "+path+".")
				return
			}
			seen[lower] = path
		}
	}
	visit("", doc)
}
