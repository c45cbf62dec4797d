package portal

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// wholeQuery makes every parameter of an address readable. Go leaves out those
// with a semicolon or an escape that is none, and a filter that is left out
// answers with everything: they are data, as Node reads them for Backstage. The
// broker reads addresses by itself, as Rack does.
func wholeQuery(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if u := c.Request().URL; !isUnder(u.Path, "/broker") {
			u.RawQuery = readableQuery(u.RawQuery)
		}
		return next(c)
	}
}

// readableQuery escapes what Go's parser refuses.
func readableQuery(raw string) string {
	if !strings.ContainsAny(raw, ";%") {
		return raw
	}
	var b strings.Builder
	for i := range len(raw) {
		switch c := raw[i]; {
		case c == ';':
			b.WriteString("%3B")
		case c == '%' && (i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2])):
			b.WriteString("%25")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
