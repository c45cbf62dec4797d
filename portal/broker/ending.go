package broker

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// jsonEnding is the ending of an address that asks for JSON.
const jsonEnding = ".json"

// withoutEnding is the key of the address to try when nothing has the exact one.
// The peer takes the ending for a wish about the answer's form, always; here a
// version or a branch that ends like that is found, too.
type withoutEnding struct{}

// rememberEnding notes the shorter address of a read that has an ending.
func rememberEnding(r *http.Request, raw string) *http.Request {
	shorter, is := strings.CutSuffix(raw, jsonEnding)
	if !is || !isRead(r.Method) {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), withoutEnding{}, shorter))
}

// shorterAddress is what rememberEnding noted.
func shorterAddress(r *http.Request) (raw string, is bool) {
	raw, is = r.Context().Value(withoutEnding{}).(string)
	return raw, is
}

// retryWithoutEnding answers for the shorter address. It is not tried twice.
func (h *Handler) retryWithoutEnding(c echo.Context) bool {
	r := c.Request()
	raw, is := shorterAddress(r)
	if !is {
		return false
	}
	path, err := url.PathUnescape(raw)
	if err != nil {
		return false
	}
	r = r.Clone(context.WithValue(r.Context(), withoutEnding{}, nil))
	h.address(r, raw, path)
	h.router.ServeHTTP(c.Response(), r)
	return true
}

// address is where the router finds the request.
func (h *Handler) address(r *http.Request, raw, path string) {
	r.URL.Path, r.URL.RawPath = orRoot(path), orRoot(h.unlikeLabel(r.Context(), raw))
}
