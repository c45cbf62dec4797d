package broker

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

// param returns a path parameter, unescaped once. A slash in its raw value means
// that the router gave the last parameter more than one segment; parameters from
// there are empty, and nothing is called that.
func param(c echo.Context, name string) string {
	raw := c.Param(name)
	if strings.Contains(raw, "/") {
		return ""
	}
	value, err := url.PathUnescape(raw)
	if err != nil {
		return ""
	}
	return value
}

// hasParams reports whether all parameters of the path are filled.
func hasParams(c echo.Context) bool {
	for _, name := range c.ParamNames() {
		if name != "*" && param(c, name) == "" {
			return false
		}
	}
	return true
}

// base is how links start: the public address, or the one the client used.
func (h *Handler) base(c echo.Context) string {
	r := c.Request()
	mount := r.Header.Get(mountHeader)
	if h.options.PublicURL != "" {
		return h.options.PublicURL + mount
	}
	scheme, host := schemeOf(c), r.Host
	// A port without a host is passed over, as in Rack: a proxy that keeps the host keeps
	// the port in it, and one behind another would name its own.
	if forwarded := aHost().FindStringSubmatch(firstOf(r.Header.Get("X-Forwarded-Host"))); forwarded != nil && (forwarded[1] == "" || isPort(forwarded[1])) {
		host = forwarded[0]
		if port := firstOf(r.Header.Get("X-Forwarded-Port")); isPort(port) && forwarded[1] == "" && !usual(scheme, port) {
			host += ":" + port
		}
	}
	prefix := strings.TrimSuffix(firstOf(r.Header.Get("X-Forwarded-Prefix")), "/")
	if !aPrefix().MatchString(prefix) {
		prefix = ""
	}
	if strings.HasSuffix(prefix, mount) {
		mount = ""
	}
	return scheme + "://" + host + prefix + mount
}

// Anybody can send what proxies do. What is no address would become part of links, and
// lead those who follow them, or read them in a page, elsewhere.
var (
	aHost   = pattern.New(`^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$`)
	aPrefix = pattern.New(`^(/[A-Za-z0-9._~%!$&()*+,;=:@-]+)*$`)
)

// isPort reports whether a text is the number of a port.
func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// schemeOf is how the client came. Where proxies append to a list, the first is its.
// A web socket is none: nobody reads the broker by one.
func schemeOf(c echo.Context) string {
	for _, said := range []string{firstOf(c.Request().Header.Get(echo.HeaderXForwardedProto)), c.Scheme()} {
		if said == "http" || said == "https" {
			return said
		}
	}
	return "http"
}

func usual(scheme, port string) bool {
	return (scheme == "http" && port == "80") || (scheme == "https" && port == "443")
}

// firstOf returns the first of a list that proxies append to.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// accepts reports whether any Accept header, of which there may be several,
// names the type.
func accepts(r *http.Request, contentType string) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), contentType)
}

// readJSON returns the body of the request, at most as much as a publication may
// have. It has to be named JSON, as the peer demands: what is named otherwise, a web
// page of anyone's can send without being asked. Where no body is, none is named.
func readJSON(c echo.Context) ([]byte, error) {
	const most = 4 * contracts.MaxContent
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, fault.New(fault.TooLarge, "The request is larger than %d bytes.", tooLarge.Limit)
	}
	if err == nil && len(bytes.TrimSpace(body)) > 0 && !isJSON(c.Request()) {
		return nil, unsupported("application/json")
	}
	return body, err
}

// isJSON reports whether a body is application/json or a kind of it, such as a merge
// patch.
func isJSON(r *http.Request) bool {
	sent, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	return err == nil && (sent == echo.MIMEApplicationJSON || strings.HasPrefix(sent, "application/") && strings.HasSuffix(sent, "+json"))
}

func unsupported(wanted string) error {
	return failure{status: http.StatusUnsupportedMediaType, body: map[string]any{"error": "The content type must be " + wanted + "."}}
}
