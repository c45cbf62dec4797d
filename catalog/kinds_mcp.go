package catalog

import "strconv"

// typeMCPServer is the type of an API that is no document but a server of the
// Model Context Protocol, which tells its tools itself.
const typeMCPServer = "mcp-server"

// Remote is where a server of the Model Context Protocol is reached, and how.
type Remote struct{ Transport, URL string }

// Remotes returns where the server that an API is can be reached, in the order
// written; none when it is described by a definition.
func (e Entity) Remotes() []Remote {
	if e.Kind != KindAPI || e.SpecString("type") != typeMCPServer {
		return nil
	}
	list, _ := e.Spec["remotes"].([]any)
	var out []Remote
	for _, item := range list {
		m, _ := item.(map[string]any)
		transport, _ := m["type"].(string)
		url, _ := m["url"].(string)
		out = append(out, Remote{Transport: transport, URL: url})
	}
	return out
}

// remotes checks where a server is reached: at one place at least, each with
// the transport it speaks.
func (c *checker) remotes(v *value, field string) {
	if v.kind != kindList {
		c.wrongType(v, field, "array")
		return
	}
	if len(v.items) == 0 {
		c.report(v, field, pointer(field)+" must NOT have fewer than 1 items - limit: 1", "Say where the server is reached, or give the API a definition and another type.")
	}
	for i, item := range v.items {
		at := field + "." + strconv.Itoa(i)
		if item.kind != kindObject {
			c.wrongType(item, at, "object")
			continue
		}
		for _, key := range []string{"type", "url"} {
			if part := item.get(key); part != nil {
				c.textField(part, at+"."+key)
			} else {
				c.report(item, at+"."+key, pointer(at)+" must have required property '"+key+"' - missingProperty: "+key, "")
			}
		}
	}
}
