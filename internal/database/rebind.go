package database

import (
	"strconv"
	"strings"
)

// Rebind writes the placeholders of a query, each a question mark, as the
// database wants them. Question marks in quotes and comments stay.
func (db *DB) Rebind(query string) string {
	if db.dialect == SQLite || !strings.Contains(query, "?") {
		return query
	}
	if known, ok := db.rebound.Load(query); ok {
		return known.(string) //nolint:forcetypeassert // nothing else is stored
	}
	out := numbered(query)
	if db.rebounds.Add(1) <= mostRebound {
		db.rebound.Store(query, out)
	}
	return out
}

// mostRebound is how many queries are kept as PostgreSQL wants them. The program
// has some hundred.
const mostRebound = 2000

func numbered(query string) string {
	var out strings.Builder
	out.Grow(len(query) + 16)
	n := 0
	for i := 0; i < len(query); {
		end := i + 1
		switch {
		case query[i] == '\'' || query[i] == '"':
			end = after(query, i+1, query[i:i+1])
		case strings.HasPrefix(query[i:], "--"):
			end = after(query, i, "\n")
		case strings.HasPrefix(query[i:], "/*"):
			end = after(query, i, "*/")
		case query[i] == '?':
			n++
			out.WriteString("$" + strconv.Itoa(n))
			i++
			continue
		}
		out.WriteString(query[i:end])
		i = end
	}
	return out.String()
}

// after returns where what comes after mark starts, looking from a place on.
func after(query string, from int, mark string) int {
	if i := strings.Index(query[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(query)
}
