package broker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
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
	scheme, host := c.Scheme(), r.Host
	if forwarded := firstOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
		host = forwarded
		if port := firstOf(r.Header.Get("X-Forwarded-Port")); port != "" && !strings.Contains(host, ":") && !usual(scheme, port) {
			host += ":" + port
		}
	}
	prefix := strings.TrimSuffix(firstOf(r.Header.Get("X-Forwarded-Prefix")), "/")
	if strings.HasSuffix(prefix, mount) {
		mount = ""
	}
	return scheme + "://" + host + prefix + mount
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

// readBody returns the body of the request, at most as much as a publication may
// have.
func readBody(c echo.Context) ([]byte, error) {
	const most = 4 * contracts.MaxContent
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, fault.New(fault.TooLarge, "The request is larger than %d bytes.", tooLarge.Limit)
	}
	return body, err
}

// payload is a JSON object a client sent.
type payload map[string]any

// readPayload returns the body as an object; an empty body is an empty one.
func readPayload(c echo.Context) (payload, error) {
	body, err := readBody(c)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return payload{}, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, badJSON(body)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, failure{status: http.StatusBadRequest, body: map[string]any{"error": "Expected JSON to be a Object"}}
	}
	return object, nil
}

func (p payload) has(key string) bool { _, ok := p[key]; return ok }

func (p payload) text(key string) string { s, _ := p[key].(string); return s }

// pointer is the text of key, empty for null, or nil when key is absent.
func (p payload) pointer(key string) *string {
	if !p.has(key) {
		return nil
	}
	s := p.text(key)
	return &s
}

func (p payload) list(key string) []any { l, _ := p[key].([]any); return l }

func (p payload) texts(key string) []string {
	var out []string
	for _, item := range p.list(key) {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// raw is the value of key as JSON, nil when it is absent or null.
func (p payload) raw(key string) json.RawMessage {
	if p[key] == nil {
		return nil
	}
	b, err := json.Marshal(p[key])
	if err != nil {
		return nil
	}
	return b
}

// problems collects validation messages by field.
type problems map[string][]string

func (p problems) add(field, format string, args ...any) {
	p[field] = append(p[field], fmt.Sprintf(format, args...))
}

// filled demands a text that is not empty.
func (p problems) filled(in payload, field string) {
	switch value, ok := in[field]; {
	case !ok:
		p.add(field, "is missing")
	case value == nil || value == "":
		p.add(field, "must be filled")
	default:
		if _, isText := value.(string); !isText {
			p.add(field, "must be a string")
		}
	}
}

// boolean demands true or false.
func (p problems) boolean(in payload, field string) {
	value, ok := in[field]
	if !ok {
		p.add(field, "is missing")
		return
	}
	if _, ok := value.(bool); !ok {
		p.add(field, "must be boolean")
	}
}

// err returns the problems as a failure, nil when there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return failure{status: http.StatusBadRequest, body: map[string]any{"errors": p}}
}
