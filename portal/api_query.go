package portal

import (
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/goldenpath/platform/internal/fault"
)

// wrongQuery lists the parameters that the operation does not read, and those with
// more values than it reads. To pass over one would answer another question: a limit
// that is misspelt does not limit, and what is yes without it is a yes by mistake.
func wrongQuery(route *routers.Route, query url.Values) []fault.Field {
	lists := queryParameters(route)
	known := slices.Sorted(maps.Keys(lists))
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(query)) {
		isList, is := lists[name]
		switch {
		case name == "":
			fields = append(fields, fault.Field{Name: "query", Message: "has a parameter without a name"})
		case !is:
			fields = append(fields, fault.Field{Name: name, Message: "is not known here" + meantParameter(name, known)})
		case !isList && len(query[name]) > 1:
			fields = append(fields, fault.Field{Name: name, Message: fmt.Sprintf("has %d values, and may have one", len(query[name]))})
		}
	}
	return fields
}

// queryParameters are the names that an operation reads in its query, and whether
// each may come more than once.
func queryParameters(route *routers.Route) map[string]bool {
	lists := map[string]bool{}
	for _, of := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range of {
			if p.Value.In == openapi3.ParameterInQuery {
				lists[p.Value.Name] = p.Value.Schema.Value.Type.Is(openapi3.TypeArray)
			}
		}
	}
	return lists
}

// meantParameter asks whether a name that is almost this one was meant.
func meantParameter(name string, known []string) string {
	if near := fault.Nearest(name, known, max(1, len(name)/3)); len(near) > 0 {
		return "; did you mean " + near[0] + "?"
	}
	return ""
}
