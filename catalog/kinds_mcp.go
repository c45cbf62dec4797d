package catalog

import "strconv"

// typeMCPServer is the type of an API that is no document but a server of the
// Model Context Protocol, which tells its tools itself.
const typeMCPServer = "mcp-server"

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
