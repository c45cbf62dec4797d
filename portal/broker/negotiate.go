package broker

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// forms are the media types in which a resource is read.
func (r route) forms() []string {
	forms := []string{"application/hal+json", "application/json", problem}
	if r.text {
		forms = append(forms, "text/plain")
	}
	return forms
}

// acceptable reports whether a request takes one of the forms. Whoever says
// nothing takes anything (RFC 9110, section 12.5.1).
func acceptable(r *http.Request, forms ...string) bool {
	wishes := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(wishes) == "" {
		return true
	}
	for wish := range strings.SplitSeq(wishes, ",") {
		kind, parameters, err := mime.ParseMediaType(wish)
		if err != nil || isZero(parameters["q"]) {
			continue
		}
		group, isGroup := strings.CutSuffix(kind, "/*")
		if kind == "*/*" || slices.ContainsFunc(forms, func(form string) bool {
			return form == kind || isGroup && strings.HasPrefix(form, group+"/")
		}) {
			return true
		}
	}
	return false
}

// isZero reports whether a quality says that a type is not wanted.
func isZero(q string) bool { return q != "" && strings.Trim(q, "0.") == "" }

func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }
